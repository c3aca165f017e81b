import { Detector } from '../../detect/detector.ts';
import type { Threshold } from '../../detect/thresholds.ts';
import type { Anomaly } from '../../domain/anomaly.ts';
import type { DetectionEngine, DetectionResult } from '../../domain/detection.ts';
import { seriesKey } from '../../domain/metric.ts';
import type { ShardLease } from '../../domain/replica.ts';
import type { Store } from '../../domain/store.ts';
import { Progress } from './progress.ts';

const LIVE_MAX = 10_000;

export interface DetectionOptions {
  readonly thresholds?: readonly Threshold[];
  /** Points read and saved in one transaction. */
  readonly batchPoints?: number;
}

/** What is in memory between runs: the detector of some shards (or of everything) and how far each has been read. */
interface Memory {
  readonly detector: Detector;
  readonly progress: Progress;
}

/**
 * Detection in this thread, over `store`. States stay in memory between runs; when saving fails, or other shards are to be looked at, they
 * are read again from the store at the next run, so that memory is never ahead of what is saved. `close` leaves the store open.
 */
export function createDetectionEngine(store: Store, options: DetectionOptions = {}): DetectionEngine {
  const { thresholds = [], batchPoints = 20_000 } = options;
  let memory: Memory | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(shards: readonly ShardLease[] | null): Promise<Memory> {
    const progress = await Progress.load(store, shards);
    const [states, live] = await Promise.all([store.detector.load(...progress.only), store.anomalies.live(LIVE_MAX)]);
    return {
      progress,
      detector: new Detector(
        { thresholds },
        states,
        live.filter(({ resourceId }) => progress.covers(resourceId)),
      ),
    };
  }

  async function run(nowMs: number, shards: readonly ShardLease[] | null): Promise<DetectionResult> {
    if (shards?.length === 0) return { anomalies: [], points: 0 };
    if (memory?.progress.isFor(shards) !== true) memory = await load(shards);
    try {
      return await follow(memory, nowMs);
    } catch (error) {
      memory = null; // what it learned was not saved
      throw error;
    }
  }

  async function follow({ detector, progress }: Memory, nowMs: number): Promise<DetectionResult> {
    const sensitivities = await store.detector.sensitivities();
    const found = new Map<string, Anomaly>();
    let points = 0;
    for (let more = true; more; ) {
      const part = progress.furthestBehind();
      const { series, sequence } = await store.metrics.appendedSince(part.after, batchPoints, ...part.only);
      const read = series.reduce((sum, one) => sum + one.points.length, 0);
      more = read >= batchPoints || part.others;
      const anomalies = series.flatMap((one) => detector.observe(one, nowMs, sensitivities.get(seriesKey(one.ref)) ?? 1));
      const others = [...detector.relate(nowMs), ...(more ? [] : detector.sweep(nowMs, sensitivities))];
      const changed = newest([...anomalies, ...others]);
      if (sequence > part.after || changed.length > 0) {
        await store.transaction(async (tx) => {
          await progress.save(tx, part, sequence);
          for (const states of detector.takeStates()) await tx.detector.save(states);
          await tx.anomalies.save(changed);
        });
      }
      progress.reached(part, sequence);
      for (const anomaly of changed) found.set(anomaly.id, anomaly);
      points += read;
    }
    return { anomalies: [...found.values()], points };
  }

  return {
    run: (nowMs, shards = null) => {
      const next = turn.then(() => run(nowMs, shards));
      turn = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      await turn;
    },
  };
}

/** One record an episode: the last that was told. */
function newest(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return [...new Map(anomalies.map((anomaly) => [anomaly.id, anomaly])).values()];
}
