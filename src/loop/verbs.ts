import type { Actor } from '../domain/actor.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { Incident } from '../domain/incident.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { Approval, Params } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Maintenance } from '../domain/quiet.ts';
import type {
  AnalyseReport,
  AnalysisWatch,
  CollectReport,
  DetectReport,
  Duplicate,
  FeedbackReport,
  FeedbackRequest,
  FixRequest,
  MaintenanceRequest,
  PatternAnswer,
  PatternQuery,
  PauseReport,
  PolicyChange,
  Promoted,
} from '../domain/requests.ts';
import type { Silence } from '../domain/store.ts';
import type { NewToken, TokenRequest, TokenView } from '../domain/token.ts';
import type { IncidentView, PlanView, QuietView, StatusView, TopologyView, WeekView } from '../domain/views.ts';

/**
 * What people and programs can ask of opsloop, whatever edge they come through (Slack, HTTP, command line). Each checks who
 * asks, does one thing, audits it, and throws OpsError with words for people. Names as typed are accepted (`inc 12`, `#12`).
 */
export interface Verbs {
  /** Collects and detects now, without waiting for the next tick. */
  detect(actor: Actor): Promise<DetectReport>;
  /** Only collects: what each source gave. */
  collect(actor: Actor): Promise<CollectReport>;
  /** `subject`: an incident, free text, or a resource with an optional span ("checkout-db last 2h"). */
  analyse(subject: string, actor: Actor, watch?: AnalysisWatch): Promise<AnalyseReport>;
  searchPatterns(query: PatternQuery, actor: Actor): Promise<PatternAnswer>;
  pattern(id: string): Promise<Pattern>;
  /** `issue`: an incident or free text that resolves to exactly one (`conflict` with candidates in the hint when several fit). */
  proposeFix(request: FixRequest, actor: Actor): Promise<PlanView>;
  approve(planId: string, actor: Actor, how: { readonly via: Approval['via']; readonly digest: string | null }): Promise<PlanView>;
  /** Takes one's own approval back before the plan is started. */
  withdrawApproval(planId: string, actor: Actor): Promise<PlanView>;
  reject(planId: string, actor: Actor, reason: string): Promise<PlanView>;
  /** Stops a plan that has not started (the cancel button of a notice). */
  cancel(planId: string, actor: Actor, reason: string): Promise<PlanView>;
  /** `meaning` null: taken from the subject's state (alert before anything ran, fix after, match for a pattern). */
  giveFeedback(request: FeedbackRequest, actor: Actor): Promise<FeedbackReport>;
  withdrawFeedback(subject: string, actor: Actor): Promise<Feedback | null>;
  acknowledge(incidentId: string, actor: Actor): Promise<Incident>;
  /** The same for every open incident of a storm that nobody has taken; gives those. */
  acknowledgeStorm(stormId: string, actor: Actor): Promise<readonly Incident[]>;
  silence(resource: string, durationMs: number, reason: string, actor: Actor): Promise<Silence>;
  /** Silences and maintenance windows that are not over. */
  silences(): Promise<QuietView>;
  /** Ends a silence (a resource) or a maintenance window (a service, or its id) before its time; gives its name. */
  lift(name: string, actor: Actor): Promise<string>;
  /** Planned work on a service: its trouble is recorded and makes no noise. */
  maintenance(request: MaintenanceRequest, actor: Actor): Promise<Maintenance>;
  /** Other parameters for a plan that waits: the old plan ends, and a new one (new digest, no approvals) asks for leave. */
  revise(planId: string, params: Params, actor: Actor): Promise<PlanView>;
  /** The last seven days in figures. */
  week(): Promise<WeekView>;
  /** What is around a resource or an incident's resources, and what is sick there. */
  topology(subject: string): Promise<TopologyView>;
  /** Scope: `all`, an action of the catalogue, or a service. Anyone may pause; only the policy's operators may resume. */
  pause(scope: string, reason: string, actor: Actor): Promise<PauseReport>;
  resume(scope: string, actor: Actor): Promise<readonly string[]>;
  /** Lets an action run one risk level lower for a pattern, where the loop proposed it. Operators only. */
  promote(patternId: string, action: string, actor: Actor): Promise<Promoted>;
  /** An API token; its secret is in the answer and nowhere else. Operators only, by themselves and not by token. */
  createToken(request: TokenRequest, actor: Actor): Promise<NewToken>;
  tokens(actor: Actor): Promise<readonly TokenView[]>;
  /** By name or id. */
  revokeToken(name: string, actor: Actor): Promise<TokenView>;
  /** The rules as they are in force. */
  policy(): Promise<Policy>;
  /** Reads the config again and puts its policy in force, when all of it is valid. Operators only. */
  reloadPolicy(actor: Actor): Promise<PolicyChange>;
  status(): Promise<StatusView>;
  incident(id: string): Promise<IncidentView>;
  incidents(query: { readonly open: boolean; readonly limit: number }): Promise<readonly Incident[]>;
  plan(id: string): Promise<PlanView>;
  /** The story of one incident or plan, oldest first. */
  audit(subject: string, limit: number): Promise<readonly AuditEntry[]>;
  /** A draft pattern out of a resolved incident; it counts once saved with `learn`. */
  draftPattern(incidentId: string): Promise<Pattern>;
  /** Known patterns that look like the same problem, the likest first: offered for merging. */
  duplicates(pattern: Pattern): Promise<readonly Duplicate[]>;
  /** `mergeInto`: adds it to that pattern instead of keeping it on its own. */
  learn(pattern: Pattern, actor: Actor, mergeInto?: string | null): Promise<Pattern>;
}
