import { requireAction } from '../../action/catalogue/index.ts';
import { paramProblem, planDigest } from '../../action/digest.ts';
import { failuresOf } from '../../action/guard.ts';
import { lacksOf } from '../../action/people.ts';
import { decide, effectiveRisk, type PolicyDecision } from '../../action/policy.ts';
import { policyFor } from '../../action/rules.ts';
import type { ActionFacts } from '../../domain/action.ts';
import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Explanation } from '../../domain/explanation.ts';
import type { Incident } from '../../domain/incident.ts';
import { FINAL_PLAN_STATES, type Params, PLAN_STATES, type Plan, type PlanDraft, type PlanState } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Resource } from '../../domain/resource.ts';
import type { Repositories } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';
import { join } from './joined.ts';
import { showPlan } from './notices.ts';
import { isPromoted } from './promotions.ts';
import { recentPlans } from './recheck.ts';

export interface Proposal {
  readonly incident: Incident;
  readonly action: string;
  readonly targetId: string;
  readonly params: Params | null; // null: what the catalogue suggests
  readonly patternId: string | null;
  readonly why: Explanation;
  readonly requestedBy: Actor;
}

const MINUTE_MS = 60_000;
const DRY_RUN_TIMEOUT_MS = 30_000;
const LIVE_PLAN_STATES = PLAN_STATES.filter((state) => !FINAL_PLAN_STATES.includes(state));

/**
 * Turns a proposed fix into a plan and gives it to the risk ladder: checks action, target and parameters, reads the target,
 * dry-runs, and files plan, decision and notices at once. The same action waiting or running on the same target is joined,
 * not doubled. Errors: what is wrong with the proposal, in words.
 */
export async function propose(ops: Ops, proposal: Proposal): Promise<Plan> {
  const { store, clock } = ops;
  const facts = requireAction(proposal.action);
  const target = await findTarget(ops, proposal.targetId, facts);
  const params = proposal.params ?? facts.defaults(target);
  const problem = paramProblem(facts, params);
  if (problem !== null) throw new OpsError('invalid_input', `The parameters of ${facts.name} do not fit: ${problem}.`);
  const step = { action: facts.name, targetId: target.id, params };
  const signal = AbortSignal.timeout(DRY_RUN_TIMEOUT_MS);
  const state = await ops.remediator.inspect(step, signal);
  const dryRun = await ops.remediator.dryRun(step, signal);
  const nowMs = clock.now();
  const risk = effectiveRisk(facts, ops.policy, await isPromoted(store, proposal.patternId, facts.name));
  const { service, environment } = target;
  const failures = failuresOf(step, await recentPlans(ops, null, nowMs), nowMs);
  const own = policyFor(ops.policy, { action: facts.name, risk, service, environment });
  const decision = decide(risk, own, { nowMs, service, failures });
  const waiting: PlanDraft = {
    incidentId: proposal.incident.id,
    patternId: proposal.patternId,
    ...step,
    risk,
    reversibility: facts.reversibility,
    blastRadius: facts.blastRadius(target, params),
    why: proposal.why,
    digest: planDigest({ ...step, risk, reversibility: facts.reversibility }, state),
    idempotencyKey: ops.ids.next('run'),
    requestedBy: proposal.requestedBy,
    createdAtMs: nowMs,
    approvalsNeeded: decision.kind === 'ask' ? decision.approvals : 0,
    runAtMs: decision.kind === 'notify' ? nowMs + decision.noticeMs : null,
    expiresAtMs: nowMs + ops.policy.approval_expires_min * MINUTE_MS + (decision.kind === 'notify' ? decision.noticeMs : 0),
    dryRun,
  };
  const draft = { ...waiting, ...(await lacksAtFirst(ops, waiting, own)) };
  const plan = await store.transaction((tx) => file(tx, draft, decision, proposal, nowMs));
  ops.executor.wake();
  return plan;
}

/** Who will have to be among those who approve; when Slack cannot say it now, the card says it later. */
async function lacksAtFirst(ops: Ops, draft: PlanDraft, policy: Policy): Promise<Pick<Plan, 'lacks'>> {
  try {
    return { lacks: [...(await lacksOf({ ...draft, approvals: [] }, policy, ops.directory))] };
  } catch (thrown) {
    ops.log.warn({ err: thrown }, 'cannot say yet who has to approve');
    return {};
  }
}

async function findTarget(ops: Ops, targetId: string, facts: ActionFacts): Promise<Resource> {
  const target = (await ops.store.signals.topology()).resources.find((resource) => resource.id === targetId);
  if (target === undefined) throw new OpsError('not_found', `There is no resource "${targetId}".`, 'Name one that the incident shows, such as ecs/checkout.');
  if (facts.targetKinds.includes(target.kind)) return target;
  throw new OpsError('invalid_input', `${facts.name} does not work on ${target.id} (${target.kind}).`, `It works on: ${facts.targetKinds.join(', ')}.`);
}

const nextState = (decision: PolicyDecision): PlanState => ({ run: 'approved', notify: 'notified', ask: 'awaiting_approval' })[decision.kind] as PlanState;

async function file(tx: Repositories, draft: PlanDraft, decision: PolicyDecision, proposal: Proposal, nowMs: number): Promise<Plan> {
  const live = await tx.plans.list({ states: LIVE_PLAN_STATES, targetId: draft.targetId, limit: 20 });
  const same = live.find((plan) => plan.action === draft.action);
  if (same !== undefined) {
    await join(tx, proposal.incident, same, proposal.requestedBy, nowMs);
    return same;
  }
  const actor = proposal.requestedBy;
  const created = await tx.plans.create(draft, actor);
  const plan = await tx.plans.move(created.id, {
    from: ['proposed'],
    to: nextState(decision),
    actor,
    verb: 'plan.decided',
    detail: { decision: decision.kind, reason: decision.reason, risk: draft.risk },
    atMs: nowMs,
  });
  if (plan === null) throw new OpsError('conflict', `${created.id} changed while it was made.`);
  await tx.incidents.move(proposal.incident.id, {
    from: ['open', 'analysed', 'unresolved', 'planned'],
    to: 'planned',
    actor,
    verb: 'incident.planned',
    detail: { plan: plan.id },
    atMs: nowMs,
  });
  await showPlan(tx, plan, nowMs);
  return plan;
}
