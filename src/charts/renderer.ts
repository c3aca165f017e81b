import { Worker } from 'node:worker_threads';
import type { ChartSpec, PictureSpec } from '../domain/chart.ts';
import { OpsError } from '../domain/errors.ts';
import type { ChartRenderer } from '../domain/ports.ts';
import type { ChartAnswer, ChartJob } from './worker.ts';

const MAX_WAITING = 32;
const MAX_POINTS = 50_000;
const TIMEOUT_MS = 10_000; // the first picture also loads the fonts
const IDLE_MS = 60_000; // then the worker ends: it holds over 100 MB

interface Waiting {
  readonly spec: ChartSpec | PictureSpec;
  readonly resolve: (png: Uint8Array) => void;
  readonly reject: (error: OpsError) => void;
}
export interface ClosableChartRenderer extends ChartRenderer {
  /** Ends the worker; pictures still waiting are refused with `unavailable`. */
  close(): Promise<void>;
}
interface RendererOptions {
  readonly worker?: URL;
  readonly timeoutMs?: number;
  readonly idleMs?: number;
}

/**
 * Pictures drawn one after another in one worker thread, started with the first and ended after a minute without any. A worker that dies or hangs costs its
 * picture only: the next one gets a new worker. Errors: `limited` when too many wait, `unavailable` when one cannot be drawn.
 */
export function createChartRenderer(options: RendererOptions = {}): ClosableChartRenderer {
  const script = options.worker ?? new URL('./worker.ts', import.meta.url);
  const { timeoutMs = TIMEOUT_MS, idleMs = IDLE_MS } = options;
  const waiting: Waiting[] = [];
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let current: { readonly id: number; readonly job: Waiting; readonly timer: NodeJS.Timeout } | null = null;
  let lastId = 0;
  let closed = false;

  const finish = (settle: (job: Waiting) => void): void => {
    if (current === null) return;
    const { job, timer } = current;
    clearTimeout(timer);
    current = null;
    worker?.unref(); // an idle worker keeps no process alive
    settle(job);
    next();
    if (current === null && !closed) idle = setTimeout(rest, idleMs).unref();
  };
  const rest = (): void => {
    const resting = worker;
    worker = null;
    void resting?.terminate();
  };
  const drop = (reason: string): void => {
    const dead = worker;
    worker = null;
    void dead?.terminate();
    finish((job) => job.reject(new OpsError('unavailable', 'The picture could not be drawn.', 'The card is shown without it.', { cause: reason })));
  };
  const start = (): Worker => {
    const started = new Worker(script);
    started.on('message', (answer: ChartAnswer) => {
      if (answer.id !== current?.id) return; // too late
      if ('png' in answer) finish((job) => job.resolve(answer.png));
      else finish((job) => job.reject(new OpsError('unavailable', 'The picture could not be drawn.', null, { cause: answer.error })));
    });
    started.on('error', (error) => started === worker && drop(String(error)));
    started.on('exit', () => started === worker && drop('the worker ended'));
    return started;
  };
  const next = (): void => {
    if (current !== null || closed) return;
    const job = waiting.shift();
    if (job === undefined) return;
    if (idle !== null) clearTimeout(idle);
    worker ??= start();
    worker.ref();
    lastId += 1;
    current = { id: lastId, job, timer: setTimeout(() => drop('it took too long'), timeoutMs) };
    worker.postMessage({ id: lastId, spec: job.spec } satisfies ChartJob);
  };

  const draw = (spec: ChartSpec | PictureSpec): Promise<Uint8Array> => {
    if (closed) return Promise.reject(new OpsError('unavailable', 'Pictures are no longer drawn: opsloop is stopping.'));
    if (waiting.length >= MAX_WAITING) return Promise.reject(new OpsError('limited', 'Too many pictures are waiting to be drawn.', 'Try again in a moment.'));
    return new Promise((resolve, reject) => {
      waiting.push({ spec, resolve, reject });
      next();
    });
  };

  return {
    metricPng(spec) {
      const points = spec.series.reduce((sum, one) => sum + one.points.length, spec.band.length);
      if (points > MAX_POINTS) return Promise.reject(new OpsError('limited', `A picture of ${points} points is too much.`, `Ask for at most ${MAX_POINTS}.`));
      return draw(spec);
    },
    picturePng: draw,
    async close() {
      closed = true;
      const ending = worker;
      worker = null;
      const stopped = new OpsError('unavailable', 'Pictures are no longer drawn: opsloop is stopping.');
      finish((job) => job.reject(stopped));
      for (const job of waiting.splice(0)) job.reject(stopped);
      await ending?.terminate();
    },
  };
}
