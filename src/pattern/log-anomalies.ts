import type { Anomaly } from '../domain/anomaly.ts';
import { explain } from '../domain/explanation.ts';
import type { LogLine } from '../domain/signals.ts';
import { plainLine } from './clean.ts';
import { LogMiner } from './templates/miner.ts';

const MINUTE_MS = 60_000;
/** A place is known after it has been watched this long; before, every template is new and none is news. */
const WARM_UP_MS = 30 * MINUTE_MS;
const QUIET_MS = 10 * MINUTE_MS; // an episode ends after this long without excess
const MAX_TEMPLATES = 5000; // resource and template together
const MAX_EXAMPLES = 3;
/** Rates are remembered with this half-life of minutes. */
const DECAY = 0.5 ** (1 / 60);
const NEW_AT_LEAST = { error: 3, warn: 10 } as const;
const BURST_AT_LEAST = { error: 10, warn: 30 } as const;
const BURST_SIGMAS = 6;

interface Watched {
  readonly resourceId: string;
  readonly template: string;
  readonly firstMs: number;
  minute: number; // the minute being counted
  count: number; // lines in it
  mean: number; // lines a minute before it
  weight: number; // how much of `mean` is known, 0..1
  examples: string[];
  episode: Anomaly | null;
}

/**
 * Watches error and warning lines for templates that are new or come in bursts, and reports each as an anomaly with example
 * lines. State is in memory and bounded; after a restart it learns for half an hour before it calls anything new.
 */
export class LogWatch {
  private readonly nextId: () => string;
  private readonly miner = new LogMiner();
  private readonly watched = new Map<string, Watched>();
  private startedMs: number | null = null;

  constructor(nextId: () => string) {
    this.nextId = nextId;
  }

  /** Takes lines in the order of time. Returns episodes that began, went on or ended by `nowMs`; their ids stay the same. */
  observe(lines: readonly LogLine[], nowMs: number): Anomaly[] {
    const touched = new Set<Watched>();
    for (const line of lines) {
      if (line.level === 'debug' || line.level === 'info') continue;
      const one = this.count(line);
      if (this.judge(one, line)) touched.add(one);
    }
    const ended = [...this.watched.values()].flatMap((one) => this.end(one, nowMs) ?? []);
    this.prune();
    const going = [...touched].flatMap((one) => (one.episode === null ? [] : [one.episode]));
    return [...going, ...ended];
  }

  private count(line: LogLine): Watched {
    this.startedMs ??= line.timestampMs;
    const id = this.miner.add(line.message);
    const template = plainLine((this.miner.template(id) ?? line.message).replaceAll('<*>', '…'), 400);
    const resourceId = line.resourceId ?? `log/${line.group}`;
    const key = `${resourceId} ${template}`;
    const minute = Math.floor(line.timestampMs / MINUTE_MS);
    const one = this.watched.get(key) ?? { resourceId, template, firstMs: line.timestampMs, minute, count: 0, mean: 0, weight: 0, examples: [], episode: null };
    this.watched.delete(key); // the most recent stand last
    this.watched.set(key, one);
    rollTo(one, minute);
    one.count += 1;
    if (one.examples.length < MAX_EXAMPLES) one.examples.push(plainLine(line.message, 300));
    return one;
  }

  /** Begins or prolongs an episode when this line makes the minute too full. */
  private judge(one: Watched, line: LogLine): boolean {
    const warm = this.startedMs !== null && line.timestampMs - this.startedMs >= WARM_UP_MS;
    const serious = line.level === 'warn' ? 'warn' : 'error';
    const isNew = line.timestampMs - one.firstMs < WARM_UP_MS;
    const usual = one.weight > 0 ? one.mean : 0;
    const limit = isNew ? NEW_AT_LEAST[serious] : Math.max(BURST_AT_LEAST[serious], usual + BURST_SIGMAS * Math.sqrt(usual + 1));
    if (!warm || one.count < limit) return false;
    const severity = Math.min(1, (serious === 'error' ? 0.5 : 0.3) + 0.1 * Math.log2(1 + one.count / Math.max(1, usual)));
    one.episode = this.episode(one, line.timestampMs, severity, isNew, usual);
    return true;
  }

  private episode(one: Watched, atMs: number, severity: number, isNew: boolean, usual: number): Anomaly {
    const before = one.episode;
    const params = { template: one.template, count: one.count, usual: Number(usual.toFixed(1)), example: one.examples[0] ?? '' };
    const text = isNew
      ? explain('log.new', 'New in the log: {template} ({count} lines a minute), for example: {example}', params)
      : explain('log.burst', 'Far more often than usual in the log: {template} ({count} lines a minute, usually {usual}), for example: {example}', params);
    return {
      id: before?.id ?? this.nextId(),
      key: `log:${one.resourceId}:${one.template}`.slice(0, 1500),
      metric: null,
      resourceId: one.resourceId.slice(0, 300),
      unit: 'Count/Minute',
      method: 'log',
      severity: Math.max(before?.severity ?? 0, severity),
      direction: 'up',
      value: one.count,
      expected: { low: 0, high: Number((usual + BURST_SIGMAS * Math.sqrt(usual + 1)).toFixed(1)) },
      startedAtMs: before?.startedAtMs ?? (isNew ? one.firstMs : one.minute * MINUTE_MS),
      lastSeenAtMs: atMs,
      endedAtMs: null,
      explanation: before?.explanation.code === 'log.new' ? { ...before.explanation, params: { ...before.explanation.params, count: one.count } } : text,
      forecast: null,
      incidentId: before?.incidentId ?? null,
    };
  }

  private end(one: Watched, nowMs: number): Anomaly | null {
    if (one.episode === null || nowMs - one.episode.lastSeenAtMs < QUIET_MS) return null;
    const ended = { ...one.episode, endedAtMs: one.episode.lastSeenAtMs };
    one.episode = null;
    one.examples = [];
    return ended;
  }

  private prune(): void {
    for (const [key, one] of this.watched) {
      if (this.watched.size <= MAX_TEMPLATES) return;
      if (one.episode === null) this.watched.delete(key);
    }
  }
}

/** Closes the minutes up to this one; an episode's own lines do not become the usual. */
function rollTo(one: Watched, minute: number): void {
  if (minute <= one.minute) return;
  const passed = minute - one.minute;
  if (one.episode === null) {
    const share = one.weight === 0 ? 1 : 1 - DECAY;
    one.mean += share * (one.count - one.mean);
  }
  one.mean *= DECAY ** (passed - 1);
  one.weight = 1;
  one.minute = minute;
  one.count = 0;
}
