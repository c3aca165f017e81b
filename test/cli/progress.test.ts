import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { withProgress } from '../../src/cli/progress.ts';
import type { Tell } from '../../src/domain/step.ts';

const ERASE = '\u001b[2K';

/** A terminal, or a file, that keeps what is written to it. */
function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, rows: 24, write: (text: string) => written.push(text), text: () => written.join('') };
}

/** Long enough for a bar to be drawn, and far too short for a line. */
const work = async (tell: Tell): Promise<string> => {
  for (let done = 0; done <= 4; done += 1) {
    tell(done, 4);
    await sleep(60);
  }
  return 'result';
};

it('draws a bar on a terminal, over itself, and takes it away at the end', async () => {
  const tty = screen(true);
  expect(await withProgress('Scoring gameday', false, work, tty)).toBe('result');
  const bars = stripVTControlCharacters(tty.text()).match(/Scoring gameday █*░* \d of 4/g) ?? [];
  expect(bars.length).toBeGreaterThanOrEqual(2);
  expect(bars.at(-1)).toMatch(/█{20,}/);
  expect(tty.text().endsWith('\n')).toBe(false);
  expect(tty.text().split(ERASE).length).toBeGreaterThan(bars.length);
});

it('takes the bar away when the work fails', async () => {
  const tty = screen(true);
  await expect(
    withProgress(
      'x',
      false,
      async (tell) => {
        await work(tell);
        throw new Error('broken');
      },
      tty,
    ),
  ).rejects.toThrow('broken');
  const last = tty.text().lastIndexOf('4 of 4');
  expect(tty.text().slice(last)).toContain(ERASE);
});

it('writes nothing with --json, nothing into a file for short work, and one plain line now and then for long work', async () => {
  const [json, short, long] = [screen(true), screen(false), screen(false)];
  await withProgress('x', true, work, json);
  await withProgress('x', false, work, short);
  expect(json.text() + short.text()).toBe('');
  const real = performance.now.bind(performance);
  let aheadMs = 0;
  performance.now = () => real() + aheadMs;
  try {
    await withProgress(
      'Copying',
      false,
      (tell) => {
        for (let done = 0; done < 100; done += 1) {
          aheadMs += 1000;
          tell(done, 100);
        }
      },
      long,
    );
  } finally {
    performance.now = real;
  }
  const unknown = screen(false);
  performance.now = () => real() + aheadMs;
  await withProgress(
    'Rows',
    false,
    (tell) => {
      aheadMs += 10_000;
      tell(7, 0);
    },
    unknown,
  ).finally(() => {
    performance.now = real;
  });
  expect(unknown.text()).toBe('Rows: 7\n');
  const lines = long.text().trim().split('\n');
  expect(lines).toHaveLength(20);
  expect(lines[0]).toMatch(/^Copying: \d+ of 100$/);
});
