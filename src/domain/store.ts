import type { Actor } from './actor.ts';
import type { Anomaly } from './anomaly.ts';
import type { AuditDraft, AuditEntry } from './audit.ts';
import type { Feedback } from './feedback.ts';
import type { Incident, IncidentDraft, IncidentState } from './incident.ts';
import type { Observation, Tally } from './learning.ts';
import type { MetricRef, MetricSeries } from './metric.ts';
import type { Notice, OutboxItem } from './notice.ts';
import type { Pattern } from './pattern.ts';
import type { Approval, Plan, PlanDraft, PlanState } from './plan.ts';
import type { TimeWindow, Wake } from './ports.ts';
import type { Lease, Living } from './replica.ts';
import type { Topology } from './resource.ts';
import type { Alarm, Change, LogLine } from './signals.ts';
import type { PatternVectors } from './vectors.ts';

/**
 * All state. Each repository call is atomic by itself; `transaction` makes several one. Inside it, use only `tx`, and await
 * nothing but the store: one transaction runs at a time. Reads outside never see half a transaction.
 * Errors: OpsError('unavailable') when the database is locked, full or gone; nothing is half written.
 */
export interface Store extends Repositories {
  readonly engine: 'sqlite' | 'postgres';
  transaction<T>(work: (tx: Repositories) => Promise<T>): Promise<T>;
  /** Tells the others; with PostgreSQL every replica. */
  readonly wake: Wake;
  /** Where processes that share the database could share vectors; null: nobody shares it. */
  readonly vectors: PatternVectors | null;
  /** How large it is, in bytes, by part: `database`, and SQLite's `log`; there `used` is what of it is not free again. */
  bytes(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface Repositories {
  readonly watermarks: WatermarkRepository;
  readonly metrics: MetricRepository;
  readonly detector: DetectorRepository;
  readonly signals: SignalRepository;
  readonly anomalies: AnomalyRepository;
  readonly incidents: IncidentRepository;
  readonly plans: PlanRepository;
  readonly attempts: AttemptRepository;
  readonly feedback: FeedbackRepository;
  readonly learning: LearningRepository;
  readonly patternVersions: PatternVersionRepository;
  readonly sharedPatterns: SharedPatternRepository;
  readonly audit: AuditRepository;
  readonly outbox: OutboxRepository;
  readonly messages: MessageRepository;
  readonly dedupe: DedupeRepository;
  readonly switches: SwitchRepository;
  readonly silences: SilenceRepository;
  readonly tokens: TokenRepository;
  readonly settings: SettingRepository;
  readonly leases: LeaseRepository;
  readonly pace: PaceRepository;
}

/** How far each reader has read, in epoch ms. */
export interface WatermarkRepository {
  get(reader: string): Promise<number | null>;
  set(reader: string, untilMs: number): Promise<void>;
  /** All whose name begins so. */
  list(prefix: string): Promise<ReadonlyMap<string, number>>;
  setAll(marks: ReadonlyMap<string, number>): Promise<void>;
}

export interface SeriesInfo {
  readonly key: string; // seriesKey(ref)
  readonly ref: MetricRef;
  readonly resourceId: string;
  readonly unit: string;
  readonly periodMs: number;
}
export interface MetricRepository {
  /** Points already there keep their value; late ones are filed in order. Returns how many were new. */
  append(series: readonly MetricSeries[]): Promise<number>;
  describe(): Promise<readonly SeriesInfo[]>;
  /** How many series there are: what everybody asks, without reading them. */
  count(): Promise<number>;
  /** Points of these series in the window, ascending; series without points are left out. */
  range(keys: readonly string[], window: TimeWindow): Promise<readonly MetricSeries[]>;
  /** Points that were *appended* after sequence `after`, oldest first, at most `limit`; for detection. */
  appendedSince(
    after: number,
    limit: number,
    shards?: readonly number[], // of these only
  ): Promise<{ readonly series: readonly MetricSeries[]; readonly sequence: number }>;
  prune(beforeMs: number): Promise<number>;
}

/** Opaque detector state per series. */
export interface DetectorRepository {
  /** `shards`: of the series of these only. */
  load(shards?: readonly number[]): Promise<ReadonlyMap<string, Uint8Array>>;
  save(states: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** Sensitivity per series key, 0.1..1; 1 when never set. */
  sensitivities(): Promise<ReadonlyMap<string, number>>;
  setSensitivity(key: string, factor: number, audit: AuditDraft): Promise<void>;
}

/** Logs, changes, alarms and topology as collected; the same id twice is one item. Append returns how many were new. */
export interface SignalRepository {
  appendLogs(lines: readonly LogLine[]): Promise<number>;
  appendChanges(changes: readonly Change[]): Promise<number>;
  appendAlarms(alarms: readonly Alarm[]): Promise<number>;
  /** Lines newest first; `text` is a plain substring, any case. */
  logs(query: {
    readonly window: TimeWindow;
    readonly resourceIds?: readonly string[];
    readonly text?: string;
    readonly limit: number;
  }): Promise<readonly LogLine[]>;
  /** Lines that *arrived* after sequence `after`, in the order they came, at most `limit`. */
  logsSince(after: number, limit: number): Promise<{ readonly lines: readonly LogLine[]; readonly sequence: number }>;
  /** Changes oldest first. */
  changes(window: TimeWindow, limit: number): Promise<readonly Change[]>;
  change(id: string): Promise<Change | null>;
  /** Alarm state changes oldest first. */
  alarms(window: TimeWindow, limit: number): Promise<readonly Alarm[]>;
  /** Alarm state changes that *arrived* after sequence `after`, in the order they came, at most `limit`. */
  alarmsSince(after: number, limit: number): Promise<{ readonly alarms: readonly Alarm[]; readonly sequence: number }>;
  saveTopology(topology: Topology): Promise<void>;
  topology(): Promise<Topology>;
  prune(beforeMs: number): Promise<number>;
}

export interface AnomalyRepository {
  /** Inserts or updates by id; `incidentId` already set is kept. */
  save(anomalies: readonly Anomaly[]): Promise<void>;
  get(id: string): Promise<Anomaly | null>;
  /** Not yet part of an incident, oldest first. */
  unassigned(limit: number): Promise<readonly Anomaly[]>;
  assign(anomalyIds: readonly string[], incidentId: string): Promise<void>;
  ofIncident(incidentId: string): Promise<readonly Anomaly[]>;
  /** Not ended. */
  live(limit: number): Promise<readonly Anomaly[]>;
  /** Started in the window, oldest first, ended or not. */
  between(window: TimeWindow, limit: number): Promise<readonly Anomaly[]>;
}

/** A state change: applied only when the row is in one of `from`; the audit row is written in the same transaction. */
export interface Move<State extends string, Row> {
  readonly from: readonly State[];
  readonly to: State;
  readonly patch?: Partial<Row>;
  readonly actor: Actor;
  readonly verb: string; // incident.analysed
  readonly detail?: Record<string, unknown>;
  readonly atMs: number;
}
export interface IncidentRepository {
  /** Gives the next number, assigns the anomalies, writes `incident.opened`. */
  open(draft: IncidentDraft, actor: Actor): Promise<Incident>;
  get(id: string): Promise<Incident | null>;
  /** Newest first; `before` is an incident id to page on. */
  list(query: {
    readonly states?: readonly IncidentState[];
    readonly service?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly Incident[]>;
  /** null: it was not in one of `from` any more. */
  move(id: string, move: Move<IncidentState, Omit<Incident, 'id' | 'state'>>): Promise<Incident | null>;
  /** Facts that are no state: severity, resources, acknowledgement, failed stage. null: no such incident. */
  patch(id: string, patch: Partial<Omit<Incident, 'id' | 'state'>>, audit: Omit<AuditDraft, 'subject'> | null, atMs: number): Promise<Incident | null>;
}

export interface PlanRepository {
  /** Gives the next number and writes `plan.proposed`. */
  create(draft: PlanDraft, actor: Actor): Promise<Plan>;
  get(id: string): Promise<Plan | null>;
  list(query: {
    readonly states?: readonly PlanState[];
    readonly incidentId?: string;
    readonly targetId?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly Plan[]>;
  /** null: it was not in one of `from` any more, or `digest` (when given) is not the plan's. */
  move(id: string, move: Move<PlanState, Omit<Plan, 'id' | 'state' | 'approvals'>> & { readonly digest?: string }): Promise<Plan | null>;
  patch(id: string, patch: Partial<Omit<Plan, 'id' | 'state' | 'approvals'>>, audit: Omit<AuditDraft, 'subject'> | null, atMs: number): Promise<Plan | null>;
  /**
   * Files one person's approval, only while the plan awaits approval, has this digest and lacks theirs. Gives the plan with
   * all approvals; null when it was not filed. Does not change the state.
   */
  approve(id: string, approval: Approval, actor: Actor): Promise<Plan | null>;
  /**
   * Takes one person's approval back while the plan awaits approval or is approved; an approved plan that then has fewer than it
   * needs awaits approval again. Null: there was none, or it is too late.
   */
  withdraw(id: string, userId: string, actor: Actor, atMs: number): Promise<Plan | null>;
}

/** Stages that failed on an incident: how often, and when to try again. */
export interface Attempt {
  readonly stage: string;
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly error: string;
}
export interface AttemptRepository {
  get(incidentId: string, stage: string): Promise<Attempt | null>;
  put(incidentId: string, attempt: Attempt): Promise<void>;
  clear(incidentId: string, stage: string): Promise<void>;
}

export interface FeedbackRepository {
  /** One standing verdict per person and subject; returns what it replaced. */
  put(feedback: Feedback, actor: Actor): Promise<Feedback | null>;
  remove(subject: string, userId: string, actor: Actor, atMs: number): Promise<Feedback | null>;
  ofSubject(subject: string): Promise<readonly Feedback[]>;
  /** Verdicts by one person since a moment, for the bound a day. */
  byPerson(userId: string, sinceMs: number): Promise<readonly Feedback[]>;
}

export interface LearningRepository {
  /** False when the very same observation was already there. */
  put(observation: Observation): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  tally(patternId: string, action: string): Promise<Tally>;
  /** All actions of a pattern together. */
  tallyPattern(patternId: string): Promise<Tally>;
  /** Takes away what was observed of a pattern, so that it stands as written. Returns how many observations there were. */
  forget(patternId: string): Promise<number>;
}

/** One state a pattern has had. */
export interface PatternVersion {
  readonly patternId: string;
  readonly version: number; // 1, 2, …
  readonly atMs: number;
  readonly actor: Actor;
  readonly reason: string; // library, learned, edited, imported, reverted, …
  readonly record: Pattern; // without its embedding
}
export interface PatternVersionRepository {
  /** Files a state under the next number; null when it is the very same as the latest. Only the latest 200 of a pattern are kept. */
  add(version: Omit<PatternVersion, 'version'>): Promise<PatternVersion | null>;
  get(patternId: string, version: number): Promise<PatternVersion | null>;
  /** Newest first. */
  list(patternId: string, limit: number): Promise<readonly PatternVersion[]>;
}

/** One pattern as last saved; null: it was removed. */
export interface SharedPattern {
  readonly patternId: string;
  readonly record: Pattern | null; // without its embedding
}
/** Patterns as last saved by any process, for the index that each keeps for itself. */
export interface SharedPatternRepository {
  put(changes: readonly SharedPattern[]): Promise<void>;
  /** What changed after sequence `after`, oldest change first, each pattern once, at most `limit`. */
  since(after: number, limit: number): Promise<{ readonly changes: readonly SharedPattern[]; readonly sequence: number }>;
}

/** Append-only, hash-chained. */
export interface AuditRepository {
  append(draft: AuditDraft, atMs: number): Promise<AuditEntry>;
  /** Oldest first, after sequence `after`. `subject` also finds rows whose detail names it as `incidentId`. */
  list(query: { readonly subject?: string; readonly after?: number; readonly limit: number }): Promise<readonly AuditEntry[]>;
  /** Recomputes the chain; `brokenAt` is the first sequence that does not hold. */
  verify(): Promise<{ readonly rows: number; readonly brokenAt: number | null; readonly reason: string | null }>;
}

export interface OutboxRepository {
  /** A waiting notice with the same noticeKey absorbs this one. */
  add(notice: Notice, atMs: number): Promise<void>;
  /** Takes due items, oldest first, never two of one incident at once, and counts the attempt. */
  take(nowMs: number, limit: number): Promise<readonly OutboxItem[]>;
  done(id: number): Promise<void>;
  retry(id: number, atMs: number, error: string): Promise<void>;
  /** Items taken by a process that died are due again. Called once at start. */
  release(): Promise<number>;
  size(): Promise<number>;
}

/** Where a subject's card is in Slack. `subject` is INC-…, PLAN-…, or a free name. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}
export interface MessageRepository {
  get(subject: string): Promise<MessageRef | null>;
  put(subject: string, ref: MessageRef): Promise<void>;
  subjectAt(ref: MessageRef): Promise<string | null>;
}

/** Events handled once: `firstTime` is true for one caller only. */
export interface DedupeRepository {
  firstTime(id: string, atMs: number): Promise<boolean>;
  prune(beforeMs: number): Promise<number>;
}

/** Kill switch: while a scope is off nothing of it runs. Scope: `all`, `action:<name>`, `service:<name>`. */
export interface Switch {
  readonly scope: string;
  readonly by: Actor;
  readonly reason: string;
  readonly atMs: number;
}
export interface SwitchRepository {
  off(entry: Switch): Promise<void>;
  on(scope: string, actor: Actor, atMs: number): Promise<boolean>;
  list(): Promise<readonly Switch[]>;
}

export interface Silence {
  readonly resourceId: string;
  readonly untilMs: number;
  readonly by: Actor;
  readonly reason: string;
  readonly atMs: number;
}
export interface SilenceRepository {
  put(silence: Silence): Promise<void>;
  remove(resourceId: string, actor: Actor, atMs: number): Promise<boolean>;
  active(nowMs: number): Promise<readonly Silence[]>;
}

/** API tokens, stored as SHA-256 of the secret. `userId` null: a machine's. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly userId: string | null;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}
export interface TokenRepository {
  put(token: ApiToken, actor: Actor): Promise<void>;
  byHash(hash: string): Promise<ApiToken | null>;
  touch(id: string, atMs: number): Promise<void>;
  list(): Promise<readonly ApiToken[]>;
  revoke(id: string, actor: Actor, atMs: number): Promise<boolean>;
}

/** Small named JSON texts: idempotent HTTP answers (`idem:…`), per-person preferences (`pref:U1`). */
export interface SettingRepository {
  get(key: string): Promise<string | null>;
  /** False when `onlyIfAbsent` and it was there. */
  set(key: string, value: string, atMs: number, options?: { readonly onlyIfAbsent: boolean }): Promise<boolean>;
  prune(prefix: string, beforeMs: number): Promise<number>;
}

/**
 * Who lives and who has what for itself, by the database's own clock: those of the machines do not matter. A lease is its holder's until
 * the holder gives it back, leaves, or has not been heard of for `withinMs`; its token rises whenever it changes hands.
 */
export interface LeaseRepository {
  /** A replica says that it lives; the first time it joins. Gives the database's time, epoch ms. */
  beat(id: string, info: string): Promise<number>;
  /** A replica goes: what it held is free. */
  leave(id: string): Promise<void>;
  /** Heard of within this time, oldest first. */
  living(withinMs: number): Promise<readonly Living[]>;
  /** Null: somebody who lives has it. Taking what one has changes nothing. */
  take(name: string, holder: string, withinMs: number): Promise<Lease | null>;
  /** Takes it whoever has it; for a holder that is elected by other means. */
  seize(name: string, holder: string): Promise<Lease>;
  release(name: string, holder: string): Promise<void>;
  /** All under a prefix, by name; `holder` null: free. */
  list(prefix: string): Promise<readonly (Lease & { readonly holder: string | null })[]>;
  /** Inside a transaction: OpsError('conflict') unless each is held under its token; nobody can take them until it commits. */
  hold(leases: readonly Lease[]): Promise<void>;
}

/** When a channel of Slack may be written to next, over all replicas. By the database's own clock. */
export interface PaceRepository {
  /** Takes the next place; gives how many ms to wait for it. */
  next(channel: string, everyMs: number): Promise<number>;
  /** Nobody writes for so long. */
  hold(channel: string, ms: number): Promise<void>;
}
