import type { Anomaly } from '../domain/anomaly.ts';
import { type MetricSeries, seriesKey } from '../domain/metric.ts';
import { forecastEpisode, missingEpisode, pointEpisode } from './episodes.ts';
import { decideForecast, foresee } from './forecast.ts';
import { HOT } from './layout.ts';
import { isSourceSilent, silenceOf } from './missing.ts';
import { PAGE, pageLine } from './page.ts';
import { coldBytes, hotBytes, restoreState, type Slot, StatePool } from './pool.ts';
import { isRelated, RelatedMetrics } from './related.ts';
import { checkUnit, type Watched, watch } from './series.ts';
import { newReading } from './step.ts';
import type { Threshold } from './thresholds.ts';
import { TUNING, type Tuning } from './tuning.ts';
import { createWatch } from './watch.ts';

const TEACH_MS = 5 * 60_000; // at first sight, points older than this only teach
const NONE: readonly Anomaly[] = [];
const PORTION = 2000;
const HOURS = '#hours'; // the key of a series' hours, after its own
const FUTURE_MS = 10 * 60_000; // a point further ahead than this is a clock gone wrong

export interface DetectorOptions {
  readonly thresholds?: readonly Threshold[];
  readonly tuning?: Tuning;
}

/**
 * The five methods over any number of series, one pass, no look-ahead, a bounded state for each. Feed batches in the order they
 * arrive; `observe` and `sweep` give the episodes that began, went on or ended.
 */
export class Detector {
  readonly #pool = new StatePool();
  readonly #series = new Map<string, Watched>();
  readonly #asleep = new Map<string, Slot>(); // states of series that have not come back yet
  readonly #live = new Map<string, Anomaly>();
  readonly #told = new Map<string, Anomaly>(); // by the observe under way
  readonly #reading = newReading();
  readonly #related: RelatedMetrics;
  readonly #thresholds: readonly Threshold[];
  readonly #watch;
  readonly #pageOn: number;
  #touched: Watched[] = [];

  /** `saved`: states as `takeStates` gave them. `live`: the episodes not ended, so that they go on under their ids. */
  constructor(options: DetectorOptions = {}, saved: ReadonlyMap<string, Uint8Array> = new Map(), live: readonly Anomaly[] = []) {
    const tuning = options.tuning ?? TUNING;
    this.#thresholds = options.thresholds ?? [];
    this.#watch = createWatch(tuning);
    this.#pageOn = tuning.pageOn;
    this.#related = new RelatedMetrics(saved);
    for (const [key, hot] of saved) {
      if (isRelated(key) || key.endsWith(HOURS)) continue;
      const slot = this.#pool.add();
      if (restoreState(slot, hot, saved.get(`${key}${HOURS}`))) this.#asleep.set(key, slot);
    }
    for (const anomaly of live) this.#live.set(anomaly.id, anomaly);
  }

  get size(): number {
    return this.#series.size;
  }

  /** New points of one series, ascending. Late, repeated, future and non-finite ones are passed over. */
  observe(series: MetricSeries, nowMs: number, factor = 1): readonly Anomaly[] {
    const watched = this.#find(series);
    this.#touch(watched);
    checkUnit(watched, series.unit);
    const { hot, at } = watched.slot;
    // Set at first sight and kept: a long back-fill comes in several batches.
    if (hot[at + HOT.count] === 0) watched.teachBeforeMs = nowMs - Math.max(TEACH_MS, 2 * series.periodMs);
    for (const { timestampMs: t, value: x } of series.points) {
      if (!Number.isFinite(x) || t > nowMs + FUTURE_MS) continue;
      this.#point(watched, t, x, factor, t < watched.teachBeforeMs);
    }
    if (this.#told.size === 0) return NONE;
    const told = [...this.#told.values()];
    this.#told.clear();
    return this.#remember(told);
  }

  /** Related metrics of the points observed since the last call. */
  relate(nowMs: number): readonly Anomaly[] {
    return this.#remember(this.#related.settle(nowMs, this.#live));
  }

  /** Series that fell silent. Call once a tick, after `observe`. */
  sweep(nowMs: number, sensitivities: ReadonlyMap<string, number> = new Map()): readonly Anomaly[] {
    const silent: { watched: Watched; severity: number }[] = [];
    const found: Anomaly[] = [];
    for (const watched of this.#series.values()) {
      const state = silenceOf(watched.slot, nowMs);
      if (state.type === 'silent') silent.push({ watched, severity: state.severity });
      if (state.type === 'gone') found.push(...this.#endMissing(watched, nowMs));
    }
    if (isSourceSilent(silent.length, this.#series.size)) return this.#remember(found);
    for (const { watched, severity } of silent) {
      if (severity < pageLine(this.#pageOn, sensitivities.get(watched.key) ?? 1)) continue;
      const { hot, at } = watched.slot;
      if (hot[at + HOT.missing] === 0) hot[at + HOT.missing] = hot[at + HOT.lastT] as number;
      this.#touch(watched);
      found.push(missingEpisode(watched, nowMs, severity));
    }
    return this.#remember(found);
  }

  /**
   * States that changed since the last call, for the store, in portions. The bytes hold until the next point is observed: save or copy them.
   * The hours come after all else: where a database keeps rows in the order in which they came, what a tick changes then lies together.
   */
  *takeStates(): Generator<ReadonlyMap<string, Uint8Array>> {
    const portion = new Map<string, Uint8Array>();
    for (const [key, state] of this.#changed()) {
      portion.set(key, state);
      if (portion.size < PORTION) continue;
      yield portion;
      portion.clear();
    }
    if (portion.size > 0) yield portion;
  }

  *#changed(): Generator<readonly [string, Uint8Array]> {
    const touched = this.#touched;
    this.#touched = [];
    for (const watched of touched) {
      watched.touched = false;
      yield [watched.key, hotBytes(watched.slot)];
    }
    for (const watched of touched) {
      const hour = watched.slot.hot[watched.slot.at + HOT.hourEnd] as number;
      if (hour === watched.savedHour) continue;
      watched.savedHour = hour;
      yield [`${watched.key}${HOURS}`, coldBytes(watched.slot)];
    }
    yield* this.#related.takeStates();
  }

  #touch(watched: Watched): void {
    if (watched.touched) return;
    watched.touched = true;
    this.#touched.push(watched);
  }

  #find(series: MetricSeries): Watched {
    const key = seriesKey(series.ref);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const asleep = this.#asleep.get(key);
    this.#asleep.delete(key);
    const watched = watch(series, key, asleep ?? this.#pool.add(), this.#thresholds);
    if (asleep !== undefined) watched.savedHour = asleep.hot[asleep.at + HOT.hourEnd] as number;
    this.#series.set(key, watched);
    return watched;
  }

  #tell(anomaly: Anomaly): void {
    this.#told.set(anomaly.id, anomaly);
  }

  #point(watched: Watched, t: number, x: number, factor: number, teach: boolean): void {
    const { slot } = watched;
    const reading = this.#reading;
    const decision = this.#watch(slot, t, x, watched.bound, factor, teach, reading);
    if (!reading.accepted) return;
    for (const ended of this.#endMissing(watched, t)) this.#tell(ended);
    this.#related.add(watched, t, x, reading.severity, teach);
    if (decision === PAGE.ended) {
      const episode = pointEpisode(watched, t, x, reading);
      this.#tell({ ...(this.#live.get(episode.id) ?? episode), value: x, lastSeenAtMs: t, endedAtMs: t });
    } else if (decision >= PAGE.began) {
      const episode = pointEpisode(watched, t, x, reading);
      const before = this.#live.get(episode.id);
      // The sentence is that of the worst point, or of what it turned out to be; milder ones only bring the value up to date.
      const other = episode.explanation.code !== before?.explanation.code && reading.page >= this.#pageOn;
      const milder = before !== undefined && reading.page < before.severity && !other;
      const now = milder ? { ...before, value: x, lastSeenAtMs: t, endedAtMs: null } : episode;
      this.#live.set(now.id, now);
      this.#tell(now);
    }
    this.#foresee(watched, t, x, factor, teach);
  }

  #foresee(watched: Watched, t: number, x: number, factor: number, teach: boolean): void {
    const { limit, slot } = watched;
    if (limit === null) return;
    const forecast = foresee(slot, t, x, limit);
    if (teach) return;
    const origin = slot.hot[slot.at + HOT.forecastOrigin] as number;
    const decision = decideForecast(slot, t, x, { ...limit, horizonMs: limit.horizonMs * factor }, forecast);
    if (decision === 'live' && forecast !== null) {
      const episode = forecastEpisode(watched, t, x, limit.limit, limit.horizonMs, forecast);
      this.#live.set(episode.id, episode);
      this.#tell(episode);
    }
    if (decision !== 'ended') return;
    slot.hot[slot.at + HOT.forecastPeak] = 0;
    const before = this.#live.get(`a-${watched.hash}-f${origin.toString(36)}`);
    if (before !== undefined) this.#tell({ ...before, value: x, lastSeenAtMs: t, endedAtMs: t });
  }

  /** Points come again, or the series is gone for good. */
  #endMissing(watched: Watched, t: number): readonly Anomaly[] {
    const { hot, at } = watched.slot;
    const since = hot[at + HOT.missing] as number;
    if (since === 0) return NONE;
    hot[at + HOT.missing] = 0;
    this.#touch(watched);
    const before = this.#live.get(`a-${watched.hash}-m${since.toString(36)}`);
    return before === undefined ? NONE : [{ ...before, lastSeenAtMs: t, endedAtMs: t }];
  }

  #remember(anomalies: readonly Anomaly[]): readonly Anomaly[] {
    for (const anomaly of anomalies) {
      if (anomaly.endedAtMs === null) this.#live.set(anomaly.id, anomaly);
      else this.#live.delete(anomaly.id);
    }
    return anomalies;
  }
}
