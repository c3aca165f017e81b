import type { Anomaly } from './anomaly.ts';
import type { Incident } from './incident.ts';
import type { Plan } from './plan.ts';
import type { Switch } from './store.ts';

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
}
