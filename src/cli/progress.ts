import type { Tell } from '../domain/step.ts';

const BAR_CELLS = 30;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;

/** Where progress is shown: standard error, so that a command's own output stays clean. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Runs long work and shows how far it is: a bar that is redrawn on a terminal, else a plain line now and then. Nothing with `json`,
 * nothing for work that is over at once.
 */
export async function withProgress<T>(label: string, json: boolean | undefined, work: (tell: Tell) => Promise<T> | T, to: Screen = process.stderr): Promise<T> {
  if (json === true) return await work(() => undefined);
  const show = to.isTTY === true ? await bar(to) : lines(to);
  let shownMs = performance.now();
  const tell: Tell = (done, all) => {
    if (performance.now() - shownMs < show.everyMs) return;
    shownMs = performance.now();
    show.draw(label, done, all);
  };
  try {
    return await work(tell);
  } finally {
    show.end();
  }
}

interface Show {
  readonly everyMs: number;
  draw(label: string, done: number, all: number): void;
  end(): void;
}

const lines = (to: Screen): Show => ({
  everyMs: LINE_EVERY_MS,
  draw: (label, done, all) => void to.write(`${label}: ${done}${all > 0 ? ` of ${all}` : ''}\n`),
  end: () => undefined,
});

async function bar(to: Screen): Promise<Show> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(to as NodeJS.WritableStream);
  return {
    everyMs: BAR_EVERY_MS,
    draw(label, done, all) {
      if (all <= 0) return update(`${label} ${done}`);
      const full = Math.round(Math.min(1, done / all) * BAR_CELLS);
      update(`${label} ${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${done} of ${all}`);
    },
    end() {
      update.clear();
      update.done(); // gives the cursor back
    },
  };
}
