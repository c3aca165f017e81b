import type { Anomaly } from '../domain/anomaly.ts';
import { explain } from '../domain/explanation.ts';
import type { LogLine } from '../domain/signals.ts';
import { plainLine } from './clean.ts';
import { LogMiner } from './templates/miner.ts';

const MINUTE_MS = 60_000;
/** A place is known after it has been watched this long; before, every template is new and none is news. */
const WARM_UP_MS = 30 * MINUTE_MS;
const QUIET_MS = 5 * MINUTE_MS; // an episode ends after this long without excess
const OLD_MS = 10 * MINUTE_MS; // lines that come later than this after they were written only teach
const MAX_TEMPLATES = 5000; // resource and template together
const MAX_EXAMPLES = 3;
/** Rates are remembered with this half-life of minutes. */
const DECAY = 0.5 ** (1 / 60);
const NEW_AT_LEAST = { error: 3, warn: 10 } as const;
const BURST_AT_LEAST = { error: 10, warn: 30 } as const;
const BURST_SIGMAS = 6;
const URGENT_MINUTES = 2; // a burst of errors in so many minutes of one episode is trouble by itself
// Logs speak for what metrics show; a metric as bad as that leads.
const SEVERITY_MOST = { error: 0.6, warn: 0.35 } as const;

type Level = 'error' | 'warn';

interface Excess {
  readonly atMs: number;
  readonly count: number;
  readonly usual: number;
  readonly isNew: boolean;
  readonly level: Level;
}
interface Watched {
  readonly resourceId: string;
  readonly firstMs: number;
  minute: number; // the minute being counted
  count: number; // lines in it
  mean: number; // lines a minute before it
  weight: number; // how much of `mean` is known, 0..1
  burstMinutes: Set<number>; // of this episode, with a burst of errors; at most URGENT_MINUTES
  template: string;
  examples: string[];
  excess: Excess | null; // of the lines being taken in
  episode: Anomaly | null;
}

/** `urgent`: error lines that come in a burst, and go on; worth an incident by themselves. */
export interface LogEpisode {
  readonly anomaly: Anomaly;
  readonly urgent: boolean;
}

/**
 * Watches error and warning lines for templates that are new or come in bursts, and reports each as an anomaly with example
 * lines. State is in memory and bounded; what it is taught first (after a restart, at first sight) raises nothing.
 */
export class LogWatch {
  private readonly nextId: () => string;
  private readonly miner = new LogMiner();
  private readonly watched = new Map<string, Watched>();
  private startedMs: number | null = null;

  constructor(nextId: () => string) {
    this.nextId = nextId;
  }

  /** Lines that were seen before, in the order of time: they make the usual, and raise nothing. */
  teach(lines: readonly LogLine[]): void {
    for (const line of lines) if (isSerious(line)) this.count(line);
    this.prune();
  }

  /** Episodes that were going on before a restart: they keep their ids, and end when it stays quiet. */
  adopt(episodes: readonly Anomaly[]): void {
    for (const episode of episodes) {
      const found = [...this.watched.values()].find((one) => one.resourceId === episode.resourceId && keyOf(one) === episode.key);
      if (found !== undefined) found.episode = episode;
      else this.watched.set(episode.key, { ...unseen(episode.resourceId, episode.startedAtMs), template: templateIn(episode), episode });
    }
  }

  /** Takes lines in the order of time. Returns episodes that began, went on or ended by `nowMs`; their ids stay the same. */
  observe(lines: readonly LogLine[], nowMs: number): LogEpisode[] {
    const touched = new Set<Watched>();
    for (const line of lines) {
      if (!isSerious(line)) continue;
      const one = this.count(line);
      if (nowMs - line.timestampMs <= OLD_MS && this.judge(one, line)) touched.add(one);
    }
    for (const one of touched) if (one.excess !== null) this.goOn(one, one.excess);
    const ended = [...this.watched.values()].flatMap((one) => this.end(one, nowMs) ?? []);
    this.prune();
    return [...[...touched].flatMap(episodeOf), ...ended];
  }

  /** What is going on now. */
  going(): LogEpisode[] {
    return [...this.watched.values()].flatMap(episodeOf);
  }

  private count(line: LogLine): Watched {
    this.startedMs = Math.min(this.startedMs ?? line.timestampMs, line.timestampMs);
    const id = this.miner.resolve(this.miner.add(line.message));
    const resourceId = (line.resourceId ?? `log/${line.group}`).slice(0, 300);
    const key = `${resourceId} ${id}`;
    const one = this.watched.get(key) ?? unseen(resourceId, line.timestampMs);
    this.watched.delete(key); // the most recent stand last
    this.watched.set(key, one);
    const minute = Math.floor(line.timestampMs / MINUTE_MS);
    if (one.episode === null) one.template = plainLine((this.miner.template(id) ?? line.message).replaceAll('<*>', '…'), 400);
    rollTo(one, minute);
    if (minute < one.minute) return one; // late: its minute is closed
    one.count += 1;
    if (one.examples.length < MAX_EXAMPLES) one.examples.push(plainLine(line.message, 300));
    return one;
  }

  /** Notes when this line makes its minute too full. */
  private judge(one: Watched, line: LogLine): boolean {
    const warm = this.startedMs !== null && line.timestampMs - this.startedMs >= WARM_UP_MS;
    const level: Level = line.level === 'warn' ? 'warn' : 'error';
    const isNew = line.timestampMs - one.firstMs < WARM_UP_MS;
    const usual = one.weight > 0 ? one.mean : 0;
    const burst = Math.max(BURST_AT_LEAST[level], highest(usual));
    if (!warm || one.count < (isNew ? NEW_AT_LEAST[level] : burst)) return false;
    if (level === 'error' && one.count >= burst && one.burstMinutes.size < URGENT_MINUTES) one.burstMinutes.add(one.minute);
    one.excess = { atMs: Math.max(line.timestampMs, one.excess?.atMs ?? 0), count: one.count, usual, isNew, level };
    return true;
  }

  /** Begins or prolongs an episode. */
  private goOn(one: Watched, { atMs, count, usual, isNew, level }: Excess): void {
    const before = one.episode;
    const severity = Math.min(SEVERITY_MOST[level], 0.3 + 0.05 * Math.log2(1 + count / Math.max(1, usual)));
    const params = { template: one.template, count, usual: Number(usual.toFixed(1)), example: one.examples[0] ?? '' };
    const news = before === null ? isNew : before.explanation.code === 'log.new';
    one.excess = null;
    one.episode = {
      id: before?.id ?? this.nextId(),
      key: before?.key ?? keyOf(one),
      metric: null,
      resourceId: one.resourceId,
      unit: 'Count/Minute',
      method: 'log',
      severity: Math.max(before?.severity ?? 0, severity),
      direction: 'up',
      value: count,
      expected: { low: 0, high: Number(highest(usual).toFixed(1)) },
      startedAtMs: before?.startedAtMs ?? (isNew ? one.firstMs : one.minute * MINUTE_MS),
      lastSeenAtMs: Math.max(atMs, before?.lastSeenAtMs ?? 0),
      endedAtMs: null,
      explanation: news
        ? explain('log.new', 'New in the log: {template} ({count} lines a minute), for example: {example}', params)
        : explain('log.burst', 'Far more often than usual in the log: {template} ({count} lines a minute, usually {usual}), for example: {example}', params),
      forecast: null,
      incidentId: before?.incidentId ?? null,
    };
  }

  private end(one: Watched, nowMs: number): LogEpisode | null {
    if (one.episode === null || nowMs - one.episode.lastSeenAtMs < QUIET_MS) return null;
    const ended = { ...one.episode, endedAtMs: one.episode.lastSeenAtMs };
    const urgent = one.burstMinutes.size >= URGENT_MINUTES;
    one.episode = null;
    one.examples = [];
    one.burstMinutes = new Set();
    return { anomaly: ended, urgent };
  }

  private prune(): void {
    for (const [key, one] of this.watched) {
      if (this.watched.size <= MAX_TEMPLATES) return;
      if (one.episode === null) this.watched.delete(key);
    }
  }
}

const isSerious = ({ level }: LogLine): boolean => level !== 'debug' && level !== 'info';
const highest = (usual: number): number => usual + BURST_SIGMAS * Math.sqrt(usual + 1);
const keyOf = ({ resourceId, template }: Watched): string => `log:${resourceId}:${template}`.slice(0, 1500);
const templateIn = ({ explanation }: Anomaly): string => String(explanation.params['template'] ?? explanation.text);

const episodeOf = ({ episode, burstMinutes }: Watched): LogEpisode[] =>
  episode === null ? [] : [{ anomaly: episode, urgent: burstMinutes.size >= URGENT_MINUTES }];

const unseen = (resourceId: string, firstMs: number): Watched => ({
  resourceId,
  firstMs,
  minute: Math.floor(firstMs / MINUTE_MS),
  count: 0,
  mean: 0,
  weight: 0,
  burstMinutes: new Set(),
  template: '',
  examples: [],
  excess: null,
  episode: null,
});

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
