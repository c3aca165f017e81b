import type { Collector } from '../collect/collector.ts';
import type { ActionFacts } from '../domain/action.ts';
import type { DetectionEngine } from '../domain/detection.ts';
import type { Log } from '../domain/log.ts';
import type { Policy } from '../domain/policy.ts';
import type { Archive, Clock, Directory, Ids, KnowledgeBase, LogSource, Narrator, Remediator, Wake } from '../domain/ports.ts';
import type { Quiet } from '../domain/quiet.ts';
import type { Redaction } from '../domain/redact.ts';
import type { Jobs, Replicas } from '../domain/replica.ts';
import type { Step } from '../domain/step.ts';
import type { Store } from '../domain/store.ts';
import type { LogReader } from './detection/log-reader.ts';
import type { LeaderCalls } from './leader-calls.ts';
import type { Executor } from './plans/executor.ts';
import type { PolicySource } from './policy-source.ts';
import type { TickHealth } from './tick.ts';

/** Who words analyses, within which time, and what is taken out of the text before it leaves the process (null: nothing). */
export interface Narration {
  readonly by: Narrator;
  readonly timeoutMs: number;
  readonly redaction: Redaction | null;
}

/** Everything the stages and verbs work with; made once by the composition root. */
export interface Ops {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly policy: Policy; // as it is in force at this moment; it may be another one after the next await
  readonly policies: PolicySource;
  readonly catalogue: readonly ActionFacts[];
  readonly collector: Collector;
  readonly detection: DetectionEngine;
  readonly logReader: LogReader;
  readonly logSources: readonly LogSource[];
  readonly knowledge: KnowledgeBase;
  readonly archive: Archive;
  readonly remediator: Remediator;
  readonly directory: Directory;
  readonly narrator: Narration | null;
  readonly keepMetricsMs: number;
  readonly maxStoreBytes: number | null; // the store is kept under it; null: as large as it gets
  readonly auditKey: string | null; // signs checkpoints of the audit
  readonly quiet: Quiet;
  readonly health: TickHealth;
  readonly executor: Executor;
  readonly replicas: Replicas;
  readonly wake: Wake;
  readonly jobs: Jobs;
  readonly leader: LeaderCalls;
  readonly step: Step; // names what is done, for logs and traces
}
