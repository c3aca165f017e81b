import type { Anomaly } from './anomaly.ts';
import type { Incident } from './incident.ts';
import type { IngestionView } from './ingestion.ts';
import type { Plan } from './plan.ts';
import type { Maintenance, StormRecord } from './quiet.ts';
import type { ReplicaView } from './replica.ts';
import type { Silence, Switch } from './store.ts';

/** What a card of an incident shows, read from the store in one go. Plans newest first. */
export interface IncidentView {
  readonly incident: Incident;
  readonly anomalies: readonly Anomaly[];
  readonly plans: readonly Plan[];
}

export interface PlanView {
  readonly plan: Plan;
  readonly incident: Incident | null;
  readonly paused: readonly Switch[]; // switches that hold this plan back
}

export interface SourceStatus {
  readonly name: string;
  readonly kind: 'metrics' | 'logs' | 'changes' | 'alarms' | 'topology' | 'knowledge';
  readonly ok: boolean;
  readonly lastReadAtMs: number | null;
  readonly error: string | null; // in words, for people
}

/** How the loop itself is doing: `/ops status`, App Home, /healthz. */
export interface StatusView {
  readonly nowMs: number;
  readonly lastTickAtMs: number | null;
  readonly lastTickMs: number | null; // how long it took
  readonly tickErrors: number; // since start
  readonly sources: readonly SourceStatus[];
  readonly openIncidents: readonly Incident[];
  readonly waitingPlans: readonly Plan[]; // notified or awaiting approval
  readonly paused: readonly Switch[];
  readonly outboxSize: number;
  readonly series: number;
  readonly patterns: number;
  readonly ingestion?: IngestionView; // left out: the knowledge base needs none
  readonly replicas?: readonly ReplicaView[]; // those on this PostgreSQL; left out: one process on SQLite
}

/** Many incidents of one service within an hour, shown as one card: the worst first. */
export interface StormView {
  readonly storm: StormRecord;
  readonly incidents: readonly Incident[];
  readonly waiting: readonly Plan[]; // plans of these incidents that ask for a decision
}

/** What is quiet now, and what will be. */
export interface QuietView {
  readonly silences: readonly Silence[];
  readonly maintenance: readonly Maintenance[];
}

/** Seven days in figures. Medians in ms; null: nothing to take one of. */
export interface WeekView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly incidents: number; // without the silenced ones
  readonly incidentsBefore: number; // the week before
  readonly silenced: number;
  readonly healedAlone: number; // by an action nobody had to approve or ask for
  readonly healedWithPeople: number;
  readonly recovered: number;
  readonly falseAlarms: number;
  readonly stillOpen: number;
  readonly detectMs: number | null;
  readonly healMs: number | null;
  readonly noisiest: readonly { readonly service: string; readonly n: number }[];
  readonly days: readonly { readonly dayMs: number; readonly healed: number; readonly noise: number; readonly other: number }[]; // the last 14, UTC
  readonly learned: readonly { readonly patternId: string; readonly title: string }[];
  readonly losing: readonly { readonly patternId: string; readonly title: string; readonly before: number; readonly after: number }[];
}

/** A piece of the topology around some resources. Layers run from callers (0) to what they depend on. */
export interface TopologyView {
  readonly title: string;
  readonly nodes: readonly { readonly id: string; readonly layer: number; readonly state: 'cause' | 'sick' | 'well' }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly left: number; // how many more there are
}
