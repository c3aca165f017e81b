import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { type MetricSeries, MetricSeriesSchema, seriesKey } from '../../src/domain/metric.ts';
import type { AlarmSource, Batch, ChangeSource, LogSource, MetricSource, TimeWindow, TopologySource } from '../../src/domain/ports.ts';
import { TopologySchema } from '../../src/domain/resource.ts';
import { type Alarm, AlarmSchema, type Change, ChangeSchema, type LogLine, LogLineSchema } from '../../src/domain/signals.ts';

/** One source with a window in which it has something to give, all of it in the past. */
export interface SourceFixture<S> {
  readonly source: S;
  readonly window: TimeWindow;
  /** Makes every later read fail, as when the other side does not answer. */
  readonly fail: () => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}
type Make<S> = () => SourceFixture<S> | Promise<SourceFixture<S>>;
type Run<S> = (fixture: SourceFixture<S>) => Promise<void>;

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

const using =
  <S>(make: Make<S>, run: Run<S>): (() => Promise<void>) =>
  async () => {
    const fixture = await make();
    try {
      await run(fixture);
    } finally {
      await fixture.close?.();
    }
  };

interface Dated {
  readonly timestampMs: number;
}
interface Reader<T> {
  readonly name: string;
  read(window: TimeWindow, signal: AbortSignal): Promise<Batch<T>>;
}

/** What all sources that give dated items promise. */
function datedContract<T, S extends Reader<T>>(make: Make<S>, keyOf: (item: T) => string, datesOf: (item: T) => readonly Dated[]): void {
  it(
    'has a name, and gives items after the start of the window up to its end',
    using(make, async ({ source, window }) => {
      expect(source.name).not.toBe('');
      const { items } = await source.read(window, signal());
      const dates = items.flatMap((item) => datesOf(item).map((dated) => dated.timestampMs));
      expect(dates.length).toBeGreaterThan(0);
      for (const ms of dates) {
        expect(ms).toBeGreaterThan(window.fromMs);
        expect(ms).toBeLessThanOrEqual(window.toMs);
      }
    }),
  );
  it(
    'says up to when it is complete, within the window',
    using(make, async ({ source, window }) => {
      const batch = await source.read(window, signal());
      expect(batch.completeUntilMs).toBeGreaterThan(window.fromMs);
      expect(batch.completeUntilMs).toBeLessThanOrEqual(window.toMs);
    }),
  );
  it(
    'gives the same again when asked again',
    using(make, async ({ source, window }) => {
      const first = await source.read(window, signal());
      const second = await source.read(window, signal());
      expect(second.items.map(keyOf).toSorted()).toEqual(first.items.map(keyOf).toSorted());
    }),
  );
  it(
    'loses nothing and repeats nothing when read in two windows that touch',
    using(make, async ({ source, window }) => {
      const whole = await source.read(window, signal());
      const middleMs = Math.floor((window.fromMs + window.toMs) / 2);
      const halves = [
        ...(await source.read({ fromMs: window.fromMs, toMs: middleMs }, signal())).items,
        ...(await source.read({ fromMs: middleMs, toMs: window.toMs }, signal())).items,
      ];
      const moments = (items: readonly T[]): string[] =>
        items.flatMap((item) => datesOf(item).map(({ timestampMs }) => `${keyOf(item)}@${timestampMs}`)).toSorted();
      expect(moments(halves)).toEqual(moments(whole.items));
    }),
  );
  it(
    'gives nothing for an empty window',
    using(make, async ({ source, window }) => {
      const batch = await source.read({ fromMs: window.toMs, toMs: window.toMs }, signal());
      expect(batch.items).toEqual([]);
    }),
  );
  it(
    'throws "unavailable" when the other side does not answer',
    using(make, async ({ source, window, fail }) => {
      await fail();
      await expect(source.read(window, signal())).rejects.toSatisfy((error) => error instanceof OpsError && error.code === 'unavailable');
    }),
  );
}

export function metricSourceContract(name: string, make: Make<MetricSource>): void {
  describe(`${name} is a metric source`, () => {
    datedContract<MetricSeries, MetricSource>(
      make,
      (series) => seriesKey(series.ref),
      (series) => series.points,
    );
    it(
      'gives well-formed series, each once, with points in ascending time and no NaN',
      using(make, async ({ source, window }) => {
        const { items } = await source.read(window, signal());
        expect(new Set(items.map((series) => seriesKey(series.ref))).size).toBe(items.length);
        for (const series of items) {
          MetricSeriesSchema.parse(series);
          const times = series.points.map((point) => point.timestampMs);
          expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
          expect(series.points.every((point) => Number.isFinite(point.value))).toBe(true);
        }
      }),
    );
  });
}

export function changeSourceContract(name: string, make: Make<ChangeSource>): void {
  describe(`${name} is a change source`, () => {
    datedContract<Change, ChangeSource>(
      make,
      (change) => change.id,
      (change) => [change],
    );
    it(
      'gives well-formed changes with unique ids',
      using(make, async ({ source, window }) => {
        const { items } = await source.read(window, signal());
        for (const change of items) ChangeSchema.parse(change);
        expect(new Set(items.map((change) => change.id)).size).toBe(items.length);
      }),
    );
  });
}

export function alarmSourceContract(name: string, make: Make<AlarmSource>): void {
  describe(`${name} is an alarm source`, () => {
    datedContract<Alarm, AlarmSource>(
      make,
      (alarm) => alarm.id,
      (alarm) => [alarm],
    );
    it(
      'gives well-formed alarms, one for each change of state',
      using(make, async ({ source, window }) => {
        const { items } = await source.read(window, signal());
        for (const alarm of items) AlarmSchema.parse(alarm);
        expect(new Set(items.map((alarm) => alarm.id)).size).toBe(items.length);
      }),
    );
  });
}

export function logSourceContract(name: string, make: Make<LogSource>): void {
  describe(`${name} is a log source`, () => {
    datedContract<LogLine, LogSource>(
      make,
      (line) => line.id,
      (line) => [line],
    );
    it(
      'gives well-formed lines with unique ids',
      using(make, async ({ source, window }) => {
        const { items } = await source.read(window, signal());
        for (const line of items) LogLineSchema.parse(line);
        expect(new Set(items.map((line) => line.id)).size).toBe(items.length);
      }),
    );
    it(
      'searches by text and resource, newest first, and keeps the limit',
      using(make, async ({ source, window }) => {
        const { items } = await source.read(window, signal());
        const sample = items.find((line) => line.resourceId !== null);
        if (sample === undefined || sample.resourceId === null) throw new Error('the fixture has no line of a resource');
        const text = sample.message.slice(0, 12);
        const found = await source.search({ text, resourceIds: [sample.resourceId], window, limit: 3 }, signal());
        expect(found.items.length).toBeGreaterThan(0);
        expect(found.items.length).toBeLessThanOrEqual(3);
        for (const line of found.items) {
          expect(line.resourceId).toBe(sample.resourceId);
          expect(line.message).toContain(text);
        }
        const times = found.items.map((line) => line.timestampMs);
        expect(times).toEqual(times.toSorted((a, b) => b - a));
      }),
    );
    it(
      'finds everything for an empty text, and nothing for a text that is nowhere',
      using(make, async ({ source, window }) => {
        const all = await source.search({ text: '', resourceIds: [], window, limit: 5 }, signal());
        expect(all.items.length).toBeGreaterThan(0);
        const none = await source.search({ text: 'zzqx-no-such-text', resourceIds: [], window, limit: 5 }, signal());
        expect(none.items).toEqual([]);
      }),
    );
  });
}

export function topologySourceContract(name: string, make: Make<TopologySource>): void {
  describe(`${name} is a topology source`, () => {
    it(
      'gives resources with unique ids, and dependencies between resources that are there',
      using(make, async ({ source }) => {
        expect(source.name).not.toBe('');
        const topology = TopologySchema.parse(await source.read(signal()));
        const ids = new Set(topology.resources.map((resource) => resource.id));
        expect(ids.size).toBe(topology.resources.length);
        expect(ids.size).toBeGreaterThan(0);
        for (const { from, to } of topology.dependencies) {
          expect(ids.has(from)).toBe(true);
          expect(ids.has(to)).toBe(true);
        }
      }),
    );
    it(
      'throws "unavailable" when the other side does not answer',
      using(make, async ({ source, fail }) => {
        await fail();
        await expect(source.read(signal())).rejects.toSatisfy((error) => error instanceof OpsError && error.code === 'unavailable');
      }),
    );
  });
}
