import { Worker } from 'node:worker_threads';
import type { DetectionEngine, DetectionResult } from '../../domain/detection.ts';
import { OpsError, toOpsError } from '../../domain/errors.ts';
import type { DetectionOptions } from './engine.ts';
import type { Answer, Request, WorkerStart } from './worker.ts';

/** V8's young space in the detection thread: most of what a batch makes dies at once; the default of 48 MB is only memory. */
export const YOUNG_MB = 12;

/**
 * The same engine in a thread of its own with its own connection to `storePath`, so that the thread that answers people is never busy.
 * Errors of the worker come back as they were thrown; when the thread dies, runs under way fail with `unavailable` and the next run starts
 * a new one.
 */
export function createWorkerEngine(storePath: string, options: DetectionOptions = {}): DetectionEngine {
  const waiting = new Map<number, { resolve: (result: DetectionResult) => void; reject: (error: unknown) => void }>();
  let worker: Worker | null = null;
  let last = 0;

  function fail(error: OpsError): void {
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function start(): Worker {
    const data: WorkerStart = { storePath, options };
    const fresh = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    fresh.on('message', (answer: Answer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.type === 'done') asked?.resolve(answer.result);
      else asked?.reject(new OpsError(answer.code, answer.message, answer.hint));
    });
    fresh.on('error', (error) => fail(toOpsError(error)));
    fresh.on('exit', () => {
      if (worker === fresh) fail(new OpsError('unavailable', 'The detection thread has stopped.', 'It starts again with the next run.'));
    });
    fresh.unref();
    return fresh;
  }

  return {
    run: (nowMs, shards = null) => {
      worker ??= start();
      const running = worker;
      last += 1;
      const request: Request = { id: last, nowMs, shards };
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { resolve, reject });
        running.ref();
        running.postMessage(request);
      }).finally(() => {
        if (waiting.size === 0) running.unref();
      }) as Promise<DetectionResult>;
    },
    close: async () => {
      const running = worker;
      if (running === null) return;
      worker = null;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.postMessage(null);
      await gone;
      fail(new OpsError('unavailable', 'Detection was stopped.', null));
    },
  };
}
