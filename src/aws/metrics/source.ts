import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { OpsError, toOpsError } from '../../domain/errors.ts';
import type { MetricPoint, MetricSeries } from '../../domain/metric.ts';
import type { Batch, Clock, MetricSource, TimeWindow } from '../../domain/ports.ts';
import { calling, unreadable } from '../errors.ts';
import type { KnownResources } from '../inventory/inventory.ts';
import { inParallel } from '../pace.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { discover, type Wanted } from './discover.ts';

const PERIOD_MS = 60_000;
const QUERIES_A_CALL = 500;
const POINTS_A_CALL = 100_800;
const CALLS_AT_ONCE = 5;
const MOST_PAGES = 20; // of one call
const POINTS_A_READ = 1_000_000; // a back-fill of many series is read in pieces
const HOLD_MS = 15 * 60_000; // how long a series that cannot be read holds the watermark back

interface Found {
  readonly points: Map<number, MetricPoint[]>;
  readonly failed: Map<number, string>;
}

/** How many calls were made, for the tests and for doctor's estimate. */
export interface Counts {
  getMetricData: number;
  listing: number;
}

/**
 * CloudWatch metrics of one scope, one point a minute. A minute is read once it has ended and `delay_s` have passed, so that
 * no half-filled value is taken. Series that could not be read hold the watermark back for a while; then the gap is named and left.
 */
export class CloudWatchMetrics implements MetricSource {
  readonly name: string;
  readonly counts: Counts = { getMetricData: 0, listing: 0 };
  readonly #scope: Scope;
  readonly #inventory: KnownResources;
  readonly #settings: AwsSettings;
  readonly #clock: Clock;
  #wanted: readonly Wanted[] = [];
  #left = 0;
  #discoveredAtMs = Number.NEGATIVE_INFINITY;
  #failingSinceMs: number | null = null;

  constructor(scope: Scope, inventory: KnownResources, settings: AwsSettings, clock: Clock) {
    this.name = `CloudWatch metrics ${scope.label}`;
    this.#scope = scope;
    this.#inventory = inventory;
    this.#settings = settings;
    this.#clock = clock;
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<MetricSeries>> {
    const gaps: string[] = [];
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps };
    const wanted = await this.#discovered(signal, gaps);
    const untilMs = this.#until(window, wanted.length);
    if (untilMs <= window.fromMs || wanted.length === 0) return { items: [], completeUntilMs: Math.max(untilMs, window.fromMs + 1), gaps };
    const { points, failed } = await this.#readAll(wanted, { fromMs: window.fromMs, toMs: untilMs }, signal);
    const items = wanted.flatMap(({ ref, resourceId, unit }, index): MetricSeries[] => {
      const found = points.get(index);
      return found === undefined || found.length === 0 ? [] : [{ ref, resourceId, unit, periodMs: PERIOD_MS, points: found }];
    });
    gaps.push(...new Set(failed.values()));
    return { items, completeUntilMs: this.#held(window, untilMs, failed.size > 0), gaps };
  }

  /** The last moment whose points can be final, and not more at once than memory should hold. */
  #until(window: TimeWindow, series: number): number {
    const settledMs = this.#clock.now() - this.#settings.metrics.delay_s * 1000 - PERIOD_MS;
    const minutes = Math.max(10, Math.floor(POINTS_A_READ / Math.max(1, series)));
    return Math.min(window.toMs, Math.floor(settledMs / PERIOD_MS) * PERIOD_MS, window.fromMs + minutes * PERIOD_MS);
  }

  async #discovered(signal: AbortSignal, gaps: string[]): Promise<readonly Wanted[]> {
    const nowMs = this.#clock.now();
    if (Math.abs(nowMs - this.#discoveredAtMs) >= this.#settings.metrics.discover_every_min * 60_000) {
      // Names come out right even when parts of the inventory cannot be read; then ids are the plain ones.
      await this.#inventory.topology(signal).catch((thrown: unknown) => gaps.push(toOpsError(thrown).message));
      try {
        const { wanted, left } = await discover(this.#scope, this.#inventory, this.#settings, signal);
        this.#wanted = wanted;
        this.#left = left;
        this.#discoveredAtMs = nowMs;
        this.counts.listing += 1;
      } catch (thrown) {
        if (this.#wanted.length === 0) throw thrown;
        gaps.push(toOpsError(thrown).message);
      }
    }
    if (this.#left > 0) gaps.push(`${this.name}: ${this.#left} metrics are over the cap and not read; raise aws.metrics.most.`);
    return this.#wanted;
  }

  async #readAll(
    wanted: readonly Wanted[],
    window: TimeWindow,
    signal: AbortSignal,
  ): Promise<{ points: Map<number, MetricPoint[]>; failed: Map<number, string> }> {
    const minutes = Math.ceil((window.toMs - window.fromMs) / PERIOD_MS) + 1;
    const size = Math.max(1, Math.min(QUERIES_A_CALL, Math.floor(POINTS_A_CALL / minutes)));
    const batches = Array.from({ length: Math.ceil(wanted.length / size) }, (_, at) => at * size);
    const points = new Map<number, MetricPoint[]>();
    const failed = new Map<number, string>();
    const errors: OpsError[] = [];
    await inParallel(batches, CALLS_AT_ONCE, async (from) => {
      errors.push(...(await this.#readPart(wanted.slice(from, from + size), from, window, { points, failed }, signal)));
    });
    const [first] = errors;
    if (first !== undefined && failed.size === wanted.length) throw unreadable(first);
    return { points, failed };
  }

  /** One batch. Where the server refuses it for what is in it, its halves are asked for: one wrong entry of the config costs itself only. */
  async #readPart(part: readonly Wanted[], from: number, window: TimeWindow, into: Found, signal: AbortSignal): Promise<OpsError[]> {
    try {
      await this.#readBatch(part, from, window, into, signal);
      return [];
    } catch (thrown) {
      const error = toOpsError(thrown);
      if (error.code === 'invalid_input' && part.length > 1) {
        const half = Math.ceil(part.length / 2);
        const first = await this.#readPart(part.slice(0, half), from, window, into, signal);
        return [...first, ...(await this.#readPart(part.slice(half), from + half, window, into, signal))];
      }
      part.forEach(({ asked }, at) => {
        into.failed.set(from + at, part.length === 1 ? `${error.message} (${asked.Namespace} ${asked.MetricName})` : error.message);
        into.points.delete(from + at);
      });
      return [error];
    }
  }

  async #readBatch(part: readonly Wanted[], from: number, window: TimeWindow, into: Found, abortSignal: AbortSignal): Promise<void> {
    const queries = part.map(
      ({ asked, ref }, at): MetricDataQuery => ({ Id: `m${from + at}`, MetricStat: { Metric: asked, Period: PERIOD_MS / 1000, Stat: ref.stat } }),
    );
    // Points stand at full minutes; CloudWatch gives those from StartTime on and before EndTime.
    const minute = (ms: number): Date => new Date((Math.floor(ms / PERIOD_MS) + 1) * PERIOD_MS);
    const range = { StartTime: minute(window.fromMs), EndTime: minute(window.toMs) };
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      this.counts.getMetricData += 1;
      const answer = await calling(this.#scope, 'cloudwatch:GetMetricData', () =>
        this.#scope.read.cloudWatch.send(
          new GetMetricDataCommand({ MetricDataQueries: queries, ...range, ScanBy: 'TimestampAscending', MaxDatapoints: POINTS_A_CALL, NextToken: token }),
          { abortSignal },
        ),
      );
      for (const result of answer.MetricDataResults ?? []) {
        const index = Number(result.Id?.slice(1));
        if (!Number.isInteger(index)) continue;
        const label = part[index - from]?.ref.name ?? '';
        const trouble = troubleOf(result.StatusCode, answer.NextToken !== undefined);
        if (trouble === null) into.failed.delete(index);
        else into.failed.set(index, `cloudwatch:GetMetricData in ${this.#scope.label} gave ${label} ${trouble}.`);
        keep(into.points, index, result.Timestamps ?? [], result.Values ?? [], window);
      }
      token = answer.NextToken;
      if (token === undefined) return;
    }
    throw new OpsError('unavailable', `cloudwatch:GetMetricData in ${this.#scope.label} gave more than ${MOST_PAGES} pages.`);
  }

  #held(window: TimeWindow, untilMs: number, failing: boolean): number {
    const nowMs = this.#clock.now();
    if (!failing) {
      this.#failingSinceMs = null;
      return untilMs;
    }
    this.#failingSinceMs ??= nowMs;
    // The next window begins some minutes before the watermark; holding it still reads the missing points again.
    return nowMs - this.#failingSinceMs < HOLD_MS ? Math.min(untilMs, window.fromMs + 5 * PERIOD_MS) : untilMs;
  }
}

/** `PartialData` is ordinary while pages follow. */
function troubleOf(status: string | undefined, morePages: boolean): string | null {
  if (status === 'InternalError') return 'with an internal error';
  if (status === 'Forbidden') return 'to nobody: the role may not read it';
  return status === 'PartialData' && !morePages ? 'only in part' : null;
}

function keep(points: Map<number, MetricPoint[]>, index: number, timestamps: readonly Date[], values: readonly number[], window: TimeWindow): void {
  const into = points.get(index) ?? [];
  points.set(index, into);
  timestamps.forEach((timestamp, at) => {
    const value = values[at];
    const timestampMs = timestamp.getTime();
    const last = into.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY;
    if (value !== undefined && Number.isFinite(value) && timestampMs > window.fromMs && timestampMs <= window.toMs && timestampMs > last)
      into.push({ timestampMs, value });
  });
}
