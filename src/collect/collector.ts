import { setImmediate as breathe } from 'node:timers/promises';
import { toOpsError } from '../domain/errors.ts';
import type { MetricSeries } from '../domain/metric.ts';
import type { AlarmSource, ChangeSource, Clock, LogSource, MetricSource, TopologySource } from '../domain/ports.ts';
import type { CollectReport } from '../domain/requests.ts';
import type { Topology } from '../domain/resource.ts';
import { cleanAlarm, cleanChange } from '../domain/signals.ts';
import type { Repositories, Store } from '../domain/store.ts';
import type { SourceStatus } from '../domain/views.ts';
import { Reader } from './read.ts';
import { handfuls, hourSlices } from './slices.ts';
import { mergeTopologies } from './topology.ts';

export interface Sources {
  readonly metrics: readonly MetricSource[];
  readonly logs: readonly LogSource[];
  readonly changes: readonly ChangeSource[];
  readonly alarms: readonly AlarmSource[];
  readonly topology: readonly TopologySource[];
}

type SomeReader = Pick<Reader<unknown>, 'status' | 'read'>;

const TOPOLOGY_EVERY_MS = 5 * 60_000;
const CHATTER_BACKFILL_MS = 2 * 3_600_000; // metrics want days of history to be warm; logs and alarms do not

/** The collect agent (seed §3.1): reads every source a little further, all at once, each failing for itself alone. */
export class Collector {
  readonly #sources: Sources;
  readonly #options: { readonly backfillMs: number; readonly timeoutMs: number };
  readonly #metrics: readonly SomeReader[];
  readonly #logs: readonly SomeReader[];
  readonly #changes: readonly SomeReader[];
  readonly #alarms: readonly SomeReader[];
  #topologyAtMs = Number.NEGATIVE_INFINITY;
  #topology: SourceStatus[] = [];
  readonly #learned = new Map<TopologySource, Topology>(); // what each source last gave: one that fails now does not erase it

  constructor(sources: Sources, options: { readonly backfillMs: number; readonly timeoutMs: number }) {
    this.#sources = sources;
    this.#options = options;
    this.#metrics = sources.metrics.map((source) => new Reader('metrics', source, fileByHour));
    this.#logs = sources.logs.map((source) => new Reader('logs', source, (tx, items) => tx.signals.appendLogs(items)));
    this.#changes = sources.changes.map((source) => new Reader('changes', source, (tx, items) => tx.signals.appendChanges(items.map(cleanChange))));
    this.#alarms = sources.alarms.map((source) => new Reader('alarms', source, (tx, items) => tx.signals.appendAlarms(items.map(cleanAlarm))));
  }

  status(): readonly SourceStatus[] {
    return [...[...this.#metrics, ...this.#logs, ...this.#changes, ...this.#alarms].map((reader) => reader.status()), ...this.#topology];
  }

  async run(store: Store, clock: Clock): Promise<CollectReport> {
    const long = this.#options;
    const short = { ...long, backfillMs: Math.min(long.backfillMs, CHATTER_BACKFILL_MS) };
    const [metrics, logs, changes, alarms] = await Promise.all([
      readAll(this.#metrics, store, clock, long),
      readAll(this.#logs, store, clock, short),
      readAll(this.#changes, store, clock, long),
      readAll(this.#alarms, store, clock, short),
      this.#readTopology(store, clock),
    ]);
    const gaps = [metrics, logs, changes, alarms].flatMap((part) => part.gaps);
    return { points: metrics.fresh, logLines: logs.fresh, changes: changes.fresh, alarms: alarms.fresh, gaps };
  }

  async #readTopology(store: Store, clock: Clock): Promise<void> {
    if (clock.now() - this.#topologyAtMs < TOPOLOGY_EVERY_MS) return;
    const statuses: SourceStatus[] = [];
    for (const source of this.#sources.topology) {
      const status = { name: source.name, kind: 'topology' as const, lastReadAtMs: clock.now() };
      try {
        this.#learned.set(source, await source.read(AbortSignal.timeout(this.#options.timeoutMs)));
        statuses.push({ ...status, ok: true, error: null });
      } catch (thrown) {
        statuses.push({ ...status, ok: false, error: `${source.name}: ${toOpsError(thrown).message}` });
      }
    }
    this.#topology = statuses;
    if (!statuses.some((status) => status.ok)) return;
    const parts = this.#sources.topology.flatMap((source) => this.#learned.get(source) ?? []);
    await store.signals.saveTopology(mergeTopologies(parts));
    this.#topologyAtMs = clock.now();
  }
}

async function fileByHour(tx: Repositories, items: readonly MetricSeries[]): Promise<number> {
  let fresh = 0;
  for (const slice of hourSlices(items)) {
    for (const part of handfuls(slice)) {
      fresh += await tx.metrics.append(part);
      await breathe(); // filing holds the thread, and Slack waits for its acknowledgements
    }
  }
  return fresh;
}

async function readAll(
  readers: readonly SomeReader[],
  store: Store,
  clock: Clock,
  options: { readonly backfillMs: number; readonly timeoutMs: number },
): Promise<{ fresh: number; gaps: string[] }> {
  const parts = await Promise.all(readers.map((reader) => reader.read(store, clock, options)));
  return { fresh: parts.reduce((sum, part) => sum + part.fresh, 0), gaps: parts.flatMap((part) => part.gaps) };
}
