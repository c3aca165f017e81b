import { findAction } from '../../action/catalogue/index.ts';
import { switchesOver } from '../../action/guard.ts';
import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Plan, PlanState } from '../../domain/plan.ts';
import { redact } from '../../domain/redact.ts';
import type { PauseReport, SentStep } from '../../domain/requests.ts';
import type { Ops } from '../ops.ts';
import { showPlan, tell } from '../plans/notices.ts';
import { requireListed } from './people.ts';

const MOST_REASON = 500;
const MOST_PLANS = 500;
const CUT_OFF_WAIT_MS = 400; // of the second within which a pause is answered
const SAVING_MS = 500; // longer than that, and what runs here does not wait for it
const WAITING: readonly PlanState[] = ['proposed', 'notified', 'awaiting_approval', 'approved'];

/** `all`, an action of the catalogue, or a service, as people type it → the switch's scope. */
async function scopeOf(ops: Ops, typed: string): Promise<string> {
  const name = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^(action|service):/, '');
  if (name === '' || name === 'all' || name === 'everything') return 'all';
  if (findAction(name) !== null) return `action:${name}`;
  const services = new Set((await ops.store.signals.topology()).resources.flatMap((resource) => (resource.service === null ? [] : [resource.service])));
  if (services.has(name)) return `service:${name}`;
  throw new OpsError(
    'invalid_input',
    `"${typed.slice(0, 60)}" is neither an action nor a service.`,
    `Say "pause all", an action such as restart_service, or a service: ${[...services].slice(0, 10).join(', ')}.`,
  );
}

/** The kill switch: what has not been sent is held from now on, and what is being sent is cut off. Everybody who is a person may pull it. */
export async function pause(ops: Ops, typed: string, reason: string, actor: Actor): Promise<PauseReport> {
  const scope = await orCutOffHere(ops, 'all', () => scopeOf(ops, typed));
  const nowMs = ops.clock.now();
  const entry = { scope, by: actor, reason: redact(reason.trim().slice(0, MOST_REASON)), atMs: nowMs };
  const note = explain('switch.paused', 'Actions are paused ({scope}). Nothing of it runs until somebody resumes.', { scope });
  await orCutOffHere(ops, scope, () =>
    ops.store.transaction(async (tx) => {
      await tx.switches.off(entry);
      await tx.outbox.add({ type: 'channel', note, mentions: [] }, nowMs);
    }),
  );
  const touched = await plansUnder(ops, scope);
  const underWay = touched.filter((plan) => isUnderWay(ops, plan));
  await ops.executor.cutOff(underWay, CUT_OFF_WAIT_MS);
  const left = await whatIsLeft(ops, underWay);
  const sent = left.filter((plan) => plan.state !== 'cancelled' && plan.state !== 'failed'); // failed: its target refused it meanwhile
  const waiting = touched.filter((plan) => WAITING.includes(plan.state));
  const report: PauseReport = {
    scope,
    held: waiting.map((plan) => plan.id),
    stopped: left.filter((plan) => plan.state === 'cancelled').map((plan) => plan.id),
    running: sent.map((plan) => plan.id),
    sent: sent.map((plan) => sentStep(ops, plan)),
  };
  await tellOf(ops, report, [...waiting, ...left], actor);
  return report;
}

/**
 * One step of saving a pause. What runs here ends also when that takes long or cannot be done; the others hear of it only once it is saved.
 * Words that name nothing stop nothing.
 */
async function orCutOffHere<T>(ops: Ops, scope: string, step: () => Promise<T>): Promise<T> {
  const late = setTimeout(() => void cutOffHere(ops, scope), SAVING_MS);
  try {
    return await step();
  } catch (thrown) {
    if (thrown instanceof OpsError && thrown.code === 'invalid_input') throw thrown;
    await cutOffHere(ops, scope);
    if (!(thrown instanceof OpsError)) throw thrown;
    const hint = 'What ran in this replica was cut off; the rest was not stopped. Pause again once it can be saved.';
    throw new OpsError(thrown.code, `The pause is not saved. ${thrown.message}`, hint, { cause: thrown });
  } finally {
    clearTimeout(late);
  }
}

/** Without a word from the store where it has none: then everything that runs here. */
async function cutOffHere(ops: Ops, scope: string): Promise<void> {
  const { flights } = ops.executor;
  const under = scope === 'all' ? null : await plansUnder(ops, scope).catch(() => null);
  for (const id of under?.map((plan) => plan.id) ?? flights.plans) flights.cutOff(id);
}

/** At its target, or on its way there: an execution, or taking one back. */
const isUnderWay = (ops: Ops, plan: Plan): boolean => ['claimed', 'running'].includes(plan.state) || ops.executor.flights.doing(plan.id) === 'rollback';

async function whatIsLeft(ops: Ops, underWay: readonly Plan[]): Promise<readonly Plan[]> {
  const now = await Promise.all(underWay.map((plan) => ops.store.plans.get(plan.id)));
  return now.filter((plan) => plan !== null);
}

const sentStep = (ops: Ops, { id, action, targetId }: Plan): SentStep => ({
  planId: id,
  action,
  targetId,
  doing: ops.executor.flights.doing(id) === 'rollback' ? 'rollback' : 'execute',
});

/** Every card it touches is shown anew; what was sent already is said in its thread, and the whole is audited. */
async function tellOf(ops: Ops, report: PauseReport, plans: readonly Plan[], actor: Actor): Promise<void> {
  const nowMs = ops.clock.now();
  const { scope, held, stopped, sent } = report;
  await ops.store.transaction(async (tx) => {
    for (const plan of plans) await showPlan(tx, plan, nowMs);
    for (const { planId, action, targetId } of sent) {
      const note = explain('plan.already_sent', 'Actions were paused. Already sent, and not to be stopped any more: {plan}, {action} on {target}.', {
        plan: planId,
        action,
        target: targetId,
      });
      await tell(tx, plans.find((plan) => plan.id === planId)?.incidentId ?? null, note, nowMs);
    }
    await tx.audit.append({ actor, verb: 'switch.reported', subject: scope, detail: { held: held.length, stopped, sent } }, nowMs);
  });
}

/** Lets things run again. Only the policy's operators may. */
export async function resume(ops: Ops, typed: string, actor: Actor): Promise<readonly string[]> {
  await requireListed(ops, actor, 'operators', 'resume actions');
  const scope = await scopeOf(ops, typed);
  const before = await ops.store.switches.list();
  const scopes = scope === 'all' ? before.map((entry) => entry.scope) : [scope];
  const nowMs = ops.clock.now();
  const held = await plansUnder(ops, scope);
  const lifted = await ops.store.transaction(async (tx) => {
    const done: string[] = [];
    for (const one of scopes) if (await tx.switches.on(one, actor, nowMs)) done.push(one);
    if (done.length > 0)
      await tx.outbox.add(
        { type: 'channel', note: explain('switch.resumed', 'Actions may run again ({scope}).', { scope: done.join(', ') }), mentions: [] },
        nowMs,
      );
    for (const plan of held) await showPlan(tx, plan, nowMs);
    return done;
  });
  if (lifted.length === 0) throw new OpsError('conflict', scope === 'all' ? 'Nothing is paused.' : `${scope} is not paused.`, 'Type "status" to see what is.');
  ops.executor.wake();
  return lifted;
}

async function plansUnder(ops: Ops, scope: string): Promise<readonly Plan[]> {
  const plans = await ops.store.plans.list({ states: [...WAITING, 'claimed', 'running', 'verifying'], limit: MOST_PLANS });
  const entry = { scope, by: { type: 'system' as const, component: 'loop' }, reason: '', atMs: 0 };
  const services = new Map((await ops.store.signals.topology()).resources.map((resource) => [resource.id, resource.service]));
  return plans.filter((plan) => switchesOver(plan, services.get(plan.targetId) ?? null, [entry]).length > 0);
}
