import { parentPort, workerData } from 'node:worker_threads';
import type { DetectionResult } from '../../domain/detection.ts';
import { type ErrorCode, toOpsError } from '../../domain/errors.ts';
import type { ShardLease } from '../../domain/replica.ts';
import { openStore } from '../../store/open.ts';
import { giveBackMemory } from '../memory.ts';
import { createDetectionEngine, type DetectionOptions } from './engine.ts';

export interface WorkerStart {
  readonly storePath: string;
  readonly options: DetectionOptions;
}
export interface Request {
  readonly id: number;
  readonly nowMs: number;
  readonly shards: readonly ShardLease[] | null;
}
export type Answer =
  | { readonly type: 'done'; readonly id: number; readonly result: DetectionResult }
  | { readonly type: 'failed'; readonly id: number; readonly code: ErrorCode; readonly message: string; readonly hint: string | null };

const port = parentPort;
if (port !== null) {
  const { storePath, options } = workerData as WorkerStart;
  const store = await openStore(storePath);
  const engine = createDetectionEngine(store, options);
  let isFirst = true; // that run has read every state
  // null: finish what is under way, close, and end.
  port.on('message', async (request: Request | null) => {
    if (request === null) {
      await engine.close();
      await store.close();
      port.close();
      return;
    }
    port.postMessage(await answer(request));
    if (isFirst) giveBackMemory();
    isFirst = false;
  });

  async function answer({ id, nowMs, shards }: Request): Promise<Answer> {
    try {
      return { type: 'done', id, result: await engine.run(nowMs, shards) };
    } catch (thrown) {
      const { code, message, hint } = toOpsError(thrown);
      return { type: 'failed', id, code, message, hint };
    }
  }
}
