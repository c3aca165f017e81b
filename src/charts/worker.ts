import { parentPort } from 'node:worker_threads';
import type { ChartSpec, PictureSpec } from '../domain/chart.ts';
import { drawPng } from './draw.ts';

/** One picture asked for, and its answer. */
export interface ChartJob {
  readonly id: number;
  readonly spec: ChartSpec | PictureSpec;
}
export type ChartAnswer = { readonly id: number; readonly png: Uint8Array } | { readonly id: number; readonly error: string };

const port = parentPort;
if (port !== null) {
  port.on('message', (job: ChartJob) => {
    try {
      port.postMessage({ id: job.id, png: drawPng(job.spec) } satisfies ChartAnswer);
    } catch (error) {
      port.postMessage({ id: job.id, error: error instanceof Error ? error.message : String(error) } satisfies ChartAnswer);
    }
  });
}
