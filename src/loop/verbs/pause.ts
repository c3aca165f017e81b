import { findAction } from '../../action/catalogue/index.ts';
import { switchesOver } from '../../action/guard.ts';
import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Plan } from '../../domain/plan.ts';
import { redact } from '../../domain/redact.ts';
import type { PauseReport } from '../../domain/requests.ts';
import type { Ops } from '../ops.ts';
import { showPlan } from '../plans/notices.ts';
import { requireListed } from './people.ts';

const MOST_REASON = 500;
const MOST_PLANS = 500;

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

/** The kill switch: what has not been sent is held from now on. Everybody who is a person may pull it. */
export async function pause(ops: Ops, typed: string, reason: string, actor: Actor): Promise<PauseReport> {
  const scope = await scopeOf(ops, typed);
  const nowMs = ops.clock.now();
  const entry = { scope, by: actor, reason: redact(reason.trim().slice(0, MOST_REASON)), atMs: nowMs };
  await ops.store.transaction(async (tx) => {
    await tx.switches.off(entry);
    await tx.outbox.add(
      { type: 'channel', note: explain('switch.paused', 'Actions are paused ({scope}). Nothing of it runs until somebody resumes.', { scope }), mentions: [] },
      nowMs,
    );
  });
  const touched = await plansUnder(ops, scope);
  await ops.store.transaction(async (tx) => {
    for (const plan of touched) await showPlan(tx, plan, nowMs);
  });
  const running = touched.filter((plan) => ['claimed', 'running'].includes(plan.state)).map((plan) => plan.id);
  return { scope, held: touched.filter((plan) => !running.includes(plan.id)).map((plan) => plan.id), running };
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
  const states: readonly Plan['state'][] = ['proposed', 'notified', 'awaiting_approval', 'approved', 'claimed', 'running'];
  const plans = await ops.store.plans.list({ states, limit: MOST_PLANS });
  const entry = { scope, by: { type: 'system' as const, component: 'loop' }, reason: '', atMs: 0 };
  const services = new Map((await ops.store.signals.topology()).resources.map((resource) => [resource.id, resource.service]));
  return plans.filter((plan) => switchesOver(plan, services.get(plan.targetId) ?? null, [entry]).length > 0);
}
