import type { ChartSpec, PictureSpec } from './chart.ts';
import type { Explanation } from './explanation.ts';
import type { IngestionView } from './ingestion.ts';
import type { MetricSeries } from './metric.ts';
import type { Notice } from './notice.ts';
import type { Pattern, PatternCategory, PatternMatch } from './pattern.ts';
import type { Params } from './plan.ts';
import type { Analysis } from './rca.ts';
import type { Topology } from './resource.ts';
import type { Alarm, Change, LogLine } from './signals.ts';

/** The wall clock, or a simulated one. Epoch milliseconds. */
export interface Clock {
  now(): number;
}

/** Unique names: `next('anomaly')` → `anomaly_…`. Random in production, counted in tests. */
export interface Ids {
  next(prefix: string): string;
}

/**
 * "Something changed, look": told to every listener of a channel, in this process and in every replica on the same database. The store
 * itself tells `switches` (payload: the scope), `plans` (a plan that moved) and `outbox` (a lane that has something), when the change is
 * committed. A signal may come twice, and when a listener begins to hear, or hears again after a gap (the
 * database was away), it is called once with an empty payload, which means "look at everything": so a listener looks, and trusts no payload to be all there is.
 */
export interface Wake {
  /** `channel`: a-z and _, at most 40; `payload`: at most 4,000 bytes. */
  publish(channel: string, payload: string): Promise<void>;
  /** Returns the function that ends it. A listener must not throw. */
  subscribe(channel: string, listener: (payload: string) => void): () => void;
}

/** After `fromMs`, up to and including `toMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What one read of a source gave. Everything up to `completeUntilMs` has been read and becomes the watermark;
 * `gaps` says in words what could not be read. `commit` is called once the items are durably stored (a queue deletes then).
 */
export interface Batch<T> {
  readonly items: readonly T[];
  readonly completeUntilMs: number;
  readonly gaps: readonly string[];
  readonly commit?: () => Promise<void>;
}

/** All sources throw OpsError('unavailable') when nothing could be read; items may repeat, ids and timestamps tell them apart. */
interface Source<T> {
  readonly name: string;
  read(window: TimeWindow, signal: AbortSignal): Promise<Batch<T>>;
}
export interface MetricSource extends Source<MetricSeries> {}
export interface ChangeSource extends Source<Change> {}
export interface AlarmSource extends Source<Alarm> {}
export interface LogSource extends Source<LogLine> {
  /** For root-cause analysis: lines in the window that contain `text` (all when empty), newest first, at most `limit`. */
  search(
    query: { readonly text: string; readonly resourceIds: readonly string[]; readonly window: TimeWindow; readonly limit: number },
    signal: AbortSignal,
  ): Promise<Batch<LogLine>>;
}
export interface TopologySource {
  readonly name: string;
  read(signal: AbortSignal): Promise<Topology>;
}

export interface KnowledgeQuery {
  readonly text: string;
  readonly limit: number;
  readonly categories?: readonly PatternCategory[];
  readonly service?: string;
  readonly seenSince?: string; // yyyy-mm-dd
}

/** Texts as vectors of one length. `name` tells one embedder from another: vectors of two do not mix. */
export interface TextEmbedder {
  readonly name: string;
  readonly dimensions: number;
  embed(texts: readonly string[], signal: AbortSignal, purpose?: 'document' | 'query'): Promise<readonly Float32Array[]>;
}

/** Text in, similar patterns out, best first. `source` names the index that answered. */
export interface KnowledgeBase {
  readonly name: string;
  search(query: KnowledgeQuery, signal: AbortSignal): Promise<{ readonly matches: readonly PatternMatch[]; readonly source: string }>;
  /** Embeds and indexes; returns the records with their embedding. Saving the same record twice changes nothing. */
  save(patterns: readonly Pattern[]): Promise<readonly Pattern[]>;
  remove(patternIds: readonly string[]): Promise<void>;
  get(patternId: string): Promise<Pattern | null>;
  list(): Promise<readonly Pattern[]>;
  count(): Promise<number>;
  /** How the last change is being taken up, where that takes time; without it saving is all there is. */
  ingestion?(): IngestionView;
}

/** The knowledge archive of seed §4.2: text objects under slash-separated keys. `etag` changes with the content. */
export interface Archive {
  readonly name: string;
  /** `ifMatch`: an etag (replace only that version) or null (create only); absent: whatever is there. Refused with OpsError('conflict'). */
  put(key: string, content: string, options?: { readonly ifMatch?: string | null }): Promise<{ readonly etag: string }>;
  get(key: string): Promise<{ readonly content: string; readonly etag: string } | null>;
  list(prefix: string): Promise<readonly string[]>;
  remove(key: string): Promise<void>;
}

/** One action on one target with checked parameters. */
export interface RemediationStep {
  readonly action: string;
  readonly targetId: string;
  readonly params: Params;
}
/** The target as read now. `fingerprint` changes with anything a plan relies on; it is part of the plan's digest. */
export interface TargetState {
  readonly summary: Readonly<Record<string, string>>;
  readonly fingerprint: string;
}
export type Receipt = Readonly<Record<string, string>>;

/**
 * Does actions to the account. Errors: `invalid_input | not_found | forbidden | conflict | limited` mean that the target
 * refused and nothing happened; any other means that nobody knows whether it happened.
 */
export interface Remediator {
  readonly name: string;
  readonly actions: readonly string[];
  inspect(step: RemediationStep, signal: AbortSignal): Promise<TargetState>;
  dryRun(step: RemediationStep, signal: AbortSignal): Promise<Explanation>;
  /** Runs it once for a key; a second call with the same key gives the first receipt. */
  execute(step: RemediationStep, idempotencyKey: string, signal: AbortSignal): Promise<Receipt>;
  /** Whether an execution with this key ever reached the target; its receipt when it did, `unknown` when the target cannot tell. */
  lookup(
    step: RemediationStep,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<{ readonly found: 'yes' | 'no' | 'unknown'; readonly receipt: Receipt | null }>;
  rollback(step: RemediationStep, receipt: Receipt, signal: AbortSignal): Promise<Receipt>;
}

/** Shows people things. The same notice twice leaves one card. OpsError('limited') carries how long to wait. */
export interface Notifier {
  readonly name: string;
  deliver(notice: Notice, signal: AbortSignal): Promise<void>;
}

export interface Person {
  readonly id: string; // Slack user id
  readonly name: string;
  readonly locale: 'en' | 'zh';
  readonly timeZone: string;
  readonly isBot: boolean;
  readonly deactivated: boolean;
  readonly outsider?: boolean; // a guest, or somebody of another organisation
}

/** Who people are. Fails closed: OpsError('unavailable') when it cannot say. */
export interface Directory {
  person(userId: string): Promise<Person | null>;
  groupMembers(groupId: string): Promise<readonly string[]>;
}

/** Words a finished analysis; it never adds an action or a parameter. */
export interface Narrator {
  readonly name: string;
  summarise(analysis: Analysis, signal: AbortSignal): Promise<string>;
}

/** Pictures as PNG bytes. Drawn off the main thread's critical path. */
export interface ChartRenderer {
  metricPng(spec: ChartSpec): Promise<Uint8Array>;
  picturePng(spec: PictureSpec): Promise<Uint8Array>;
}
