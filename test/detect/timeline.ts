import { Detector, type DetectorOptions } from '../../src/detect/detector.ts';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import type { MetricSeries } from '../../src/domain/metric.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MONDAY_MS = Date.UTC(2026, 0, 5);

/** Small reproducible noise in -1..1. */
export function noise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
}

export function metric(namespace: string, name: string, resourceId = 'ec2/web-1', unit = 'None'): Omit<MetricSeries, 'points'> {
  return { ref: { namespace, name, dimensions: { Id: resourceId }, stat: 'Average' }, resourceId, unit, periodMs: MINUTE };
}

/** One metric, a point a minute, and what the detector said about it. */
export class Timeline {
  readonly detector: Detector;
  readonly series: Omit<MetricSeries, 'points'>;
  readonly told = new Map<string, Anomaly>();
  now = MONDAY_MS;
  factor = 1;

  constructor(series = metric('Test', 'requests'), options: DetectorOptions = {}) {
    this.series = series;
    this.detector = new Detector(options);
  }

  /** The next minutes; `value` gets the minute of this stretch and gives undefined where no point comes. */
  run(minutes: number, value: (minute: number) => number | undefined): this {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.now += MINUTE;
      const at = value(minute);
      this.take(at === undefined ? [] : this.detector.observe({ ...this.series, points: [{ timestampMs: this.now, value: at }] }, this.now, this.factor));
      this.take(this.detector.sweep(this.now));
    }
    return this;
  }

  take(anomalies: readonly Anomaly[]): void {
    for (const anomaly of anomalies) this.told.set(anomaly.id, anomaly);
  }

  get all(): readonly Anomaly[] {
    return [...this.told.values()];
  }

  get live(): readonly Anomaly[] {
    return this.all.filter((anomaly) => anomaly.endedAtMs === null);
  }
}
