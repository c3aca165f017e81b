import type { Anomaly } from './anomaly.ts';
import type { ShardLease } from './replica.ts';

/** Episodes that began, went on or ended in one pass. An episode keeps its id over its life. */
export interface DetectionResult {
  readonly anomalies: readonly Anomaly[];
  readonly points: number; // new points looked at
}

/**
 * Detection over what is in the store: reads the points that came since its own watermark, updates the state of each
 * series, and saves states, anomalies and watermark in one transaction, so that a crash repeats or loses nothing.
 * Runs in this thread or in a worker. At first sight of a series, points older than a few minutes only teach it.
 */
export interface DetectionEngine {
  /** `shards`: looks at their metrics only, and saves nothing of a shard that another replica has taken over (OpsError('conflict')). */
  run(nowMs: number, shards?: readonly ShardLease[] | null): Promise<DetectionResult>;
  close(): Promise<void>;
}
