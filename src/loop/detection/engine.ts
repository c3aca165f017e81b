import { Detector } from '../../detect/detector.ts';
import type { Threshold } from '../../detect/thresholds.ts';
import type { Anomaly } from '../../domain/anomaly.ts';
import type { DetectionEngine, DetectionResult } from '../../domain/detection.ts';
import { seriesKey } from '../../domain/metric.ts';
import type { Store } from '../../domain/store.ts';

const READER = 'detection';
const LIVE_MAX = 10_000;

export interface DetectionOptions {
  readonly thresholds?: readonly Threshold[];
  /** Points read and saved in one transaction. */
  readonly batchPoints?: number;
}

/**
 * Detection in this thread, over `store`. States stay in memory between runs; when saving fails they are read again from the store at
 * the next run, so that memory is never ahead of what is saved. `close` leaves the store open.
 */
export function createDetectionEngine(store: Store, options: DetectionOptions = {}): DetectionEngine {
  const { thresholds = [], batchPoints = 20_000 } = options;
  let detector: Detector | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<Detector> {
    const [states, live] = await Promise.all([store.detector.load(), store.anomalies.live(LIVE_MAX)]);
    return new Detector({ thresholds }, states, live);
  }

  async function run(nowMs: number): Promise<DetectionResult> {
    detector ??= await load();
    const known = detector;
    const sensitivities = await store.detector.sensitivities();
    const found = new Map<string, Anomaly>();
    let points = 0;
    try {
      for (let more = true; more; ) {
        const after = (await store.watermarks.get(READER)) ?? 0;
        const { series, sequence } = await store.metrics.appendedSince(after, batchPoints);
        const read = series.reduce((sum, one) => sum + one.points.length, 0);
        more = read >= batchPoints;
        const anomalies = series.flatMap((one) => known.observe(one, nowMs, sensitivities.get(seriesKey(one.ref)) ?? 1));
        const others = [...known.relate(nowMs), ...(more ? [] : known.sweep(nowMs, sensitivities))];
        const changed = newest([...anomalies, ...others]);
        if (read > 0 || changed.length > 0) await save(known, changed, sequence);
        for (const anomaly of changed) found.set(anomaly.id, anomaly);
        points += read;
      }
    } catch (error) {
      detector = null; // what it learned was not saved
      throw error;
    }
    return { anomalies: [...found.values()], points };
  }

  async function save(known: Detector, anomalies: readonly Anomaly[], sequence: number): Promise<void> {
    await store.transaction(async (tx) => {
      for (const states of known.takeStates()) await tx.detector.save(states);
      await tx.anomalies.save(anomalies);
      await tx.watermarks.set(READER, sequence);
    });
  }

  return {
    run: (nowMs) => {
      const next = turn.then(() => run(nowMs));
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
