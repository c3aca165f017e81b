import type { MetricPoint, MetricSeries } from '../../domain/metric.ts';
import type { AlarmSource, Batch, ChangeSource, Clock, LogSource, MetricSource, TimeWindow, TopologySource } from '../../domain/ports.ts';
import type { LogLine } from '../../domain/signals.ts';
import { BLOCK_MIN } from './blocks.ts';
import { topologyOf } from './build.ts';
import { DAY_MIN, dailyChanges } from './daily-changes.ts';
import { pick } from './prng.ts';
import { fillHistory, logGroup, MINUTE_MS, type Simulation } from './simulation.ts';
import { chatter, writesLogs } from './symptoms.ts';
import { batch, type SourceName, type Troubles } from './trouble.ts';
import type { Node } from './world.ts';

const HISTORY_DAYS_MAX = 14;
const LINES_MAX = 200_000;

/** What the sources read from: a simulation that is brought up to the clock before each read. */
export interface Readable {
  readonly clock: Clock;
  readonly troubles: Troubles;
  simulation(): Simulation;
}

/** Minutes of a window whose moment lies after `fromMs`, up to `toMs` and now, and not before the history begins. */
function minutesOf(simulation: Simulation, window: TimeWindow): { readonly first: number; readonly last: number } {
  const first = Math.floor((window.fromMs - simulation.startMs) / MINUTE_MS) + 1;
  const last = Math.floor((window.toMs - simulation.startMs) / MINUTE_MS);
  return { first: Math.max(first, -HISTORY_DAYS_MAX * DAY_MIN), last: Math.min(last, simulation.minute) };
}

async function open(account: Readable, source: SourceName, asked: TimeWindow, signal: AbortSignal) {
  const nowMs = account.clock.now();
  await account.troubles.before(source, nowMs, signal);
  const simulation = account.simulation();
  const { window, gaps } = account.troubles.window(source, asked, nowMs);
  return { simulation, window, gaps, completeUntilMs: Math.max(asked.fromMs, Math.min(window.toMs, simulation.msOf(simulation.minute))) };
}

const inside = (window: TimeWindow, timestampMs: number): boolean => timestampMs > window.fromMs && timestampMs <= window.toMs;

export const metricSource = (account: Readable): MetricSource => ({
  name: 'sandbox-metrics',
  async read(asked, signal) {
    const { simulation, window, gaps, completeUntilMs } = await open(account, 'metrics', asked, signal);
    const { first, last } = minutesOf(simulation, window);
    for (let block = Math.floor(first / BLOCK_MIN); block < 0 && block <= Math.floor(last / BLOCK_MIN); block += 1) {
      fillHistory(simulation.blocks, simulation.scenario, simulation.seed, block);
    }
    const items: MetricSeries[] = [];
    for (const [column, { ref, node, unit }] of simulation.series.entries()) {
      const points: MetricPoint[] = [];
      for (let minute = first; minute <= last; minute += 1) {
        const value = simulation.blocks.value(minute, column);
        if (!Number.isNaN(value)) points.push({ timestampMs: simulation.msOf(minute), value });
      }
      if (points.length > 0) items.push({ ref, resourceId: node.resource.id, unit, periodMs: MINUTE_MS, points });
    }
    return batch(items, completeUntilMs, gaps);
  },
});

export const changeSource = (account: Readable): ChangeSource => ({
  name: 'sandbox-changes',
  async read(asked, signal) {
    const { simulation, window, gaps, completeUntilMs } = await open(account, 'changes', asked, signal);
    const { first, last } = minutesOf(simulation, window);
    const quiet = new Set(simulation.faults.map((run) => run.spec.target));
    const usual = [];
    for (let day = Math.floor(first / DAY_MIN); day <= Math.floor(last / DAY_MIN); day += 1) {
      for (const [i, { minute, target, happened }] of dailyChanges(simulation.world, day, simulation.scenario.daily_changes, quiet).entries()) {
        usual.push({ id: `daily-${day}-${i}`, timestampMs: simulation.msOf(minute), resourceId: target.resource.id, ...happened });
      }
    }
    const items = [...usual, ...simulation.changes].filter((change) => inside(window, change.timestampMs) && change.timestampMs <= completeUntilMs);
    return batch(
      items.toSorted((a, b) => a.timestampMs - b.timestampMs),
      completeUntilMs,
      gaps,
    );
  },
});

export const alarmSource = (account: Readable): AlarmSource => ({
  name: 'sandbox-alarms',
  async read(asked, signal) {
    const { simulation, window, gaps, completeUntilMs } = await open(account, 'alarms', asked, signal);
    return batch(
      simulation.alarms.filter((alarm) => inside(window, alarm.timestampMs)),
      completeUntilMs,
      gaps,
    );
  },
});

export const topologySource = (account: Readable): TopologySource => ({
  name: 'sandbox-topology',
  async read(signal) {
    await account.troubles.before('topology', account.clock.now(), signal);
    return topologyOf(account.simulation().world);
  },
});

const CHATTER = 0x10a5;

/** The ordinary lines of one resource in one minute: a pure function of seed, resource and minute. */
function chatterOf(simulation: Simulation, node: Node, minute: number): LogLine[] {
  const roll = (below: number, at: number): number => pick(simulation.seed, node.stream + CHATTER + at, minute, below);
  const lines: LogLine[] = [];
  for (let n = roll(3, 0); n > 0; n -= 1) {
    let at = n * 8;
    const said = chatter(node, (below) => {
      at += 1;
      return roll(below, at);
    });
    const timestampMs = simulation.msOf(minute) - MINUTE_MS + 1 + roll(MINUTE_MS - 1, n);
    lines.push({ id: `${node.resource.id}/${minute}/c${n}`, timestampMs, group: logGroup(node), resourceId: node.resource.id, ...said });
  }
  return lines;
}

/** Lines of a window, oldest first, those that `wanted` lets through; the newest LINES_MAX of them. */
function linesIn(simulation: Simulation, window: TimeWindow, wanted: (line: LogLine) => boolean): LogLine[] {
  const first = Math.floor((window.fromMs - simulation.startMs) / MINUTE_MS);
  const last = Math.min(simulation.minute, Math.ceil((window.toMs - simulation.startMs) / MINUTE_MS));
  const fits = (line: LogLine): boolean => inside(window, line.timestampMs) && wanted(line);
  const found = simulation.lines.filter(fits);
  for (let minute = last; minute >= Math.max(first, -HISTORY_DAYS_MAX * DAY_MIN) && found.length < LINES_MAX; minute -= 1) {
    for (const node of simulation.world.nodes) {
      if (writesLogs(node)) found.push(...chatterOf(simulation, node, minute).filter(fits));
    }
  }
  return found.toSorted((a, b) => a.timestampMs - b.timestampMs);
}

export const logSource = (account: Readable): LogSource => ({
  name: 'sandbox-logs',
  async read(asked, signal) {
    const { simulation, window, gaps, completeUntilMs } = await open(account, 'logs', asked, signal);
    const upTo = { fromMs: window.fromMs, toMs: completeUntilMs };
    return batch(
      linesIn(simulation, upTo, () => true),
      completeUntilMs,
      gaps,
    );
  },
  async search({ text, resourceIds, window: asked, limit }, signal): Promise<Batch<LogLine>> {
    const { simulation, window, gaps, completeUntilMs } = await open(account, 'logs', asked, signal);
    const wanted = text.toLowerCase();
    const ids = new Set(resourceIds);
    const fits = (line: LogLine): boolean =>
      (ids.size === 0 || (line.resourceId !== null && ids.has(line.resourceId))) && (wanted === '' || line.message.toLowerCase().includes(wanted));
    const found = linesIn(simulation, window, fits).toReversed();
    return batch(found.slice(0, Math.max(0, limit)), completeUntilMs, found.length > limit ? [...gaps, `only the newest ${limit} lines were read`] : gaps);
  },
});
