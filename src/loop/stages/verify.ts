import { requireAction } from '../../action/catalogue/index.ts';
import { switchesOver } from '../../action/guard.ts';
import { verify as judge, type Verification } from '../../action/verify.ts';
import { system } from '../../domain/actor.ts';
import { toOpsError } from '../../domain/errors.ts';
import { type Explanation, explain } from '../../domain/explanation.ts';
import type { Incident } from '../../domain/incident.ts';
import { type MetricSeries, seriesKey } from '../../domain/metric.ts';
import { notingCalls } from '../../domain/origin.ts';
import { type Plan, stepOf } from '../../domain/plan.ts';
import { redact } from '../../domain/redact.ts';
import type { Ops } from '../ops.ts';
import { finish } from '../plans/finish.ts';
import { joinedPlan } from '../plans/joined.ts';
import { peopleToCall, tell } from '../plans/notices.ts';
import { serviceOf, switchesNow } from '../plans/recheck.ts';

const EXECUTOR = system('executor');
const MOST_PLANS = 200;
const ROLLBACK_TIMEOUT_MS = 5 * 60_000;

/** Looks at the metrics that alarmed after a plan ran: healed, still waiting, or taken back. */
export async function verify(ops: Ops): Promise<void> {
  for (const plan of await ops.store.plans.list({ states: ['verifying'], limit: MOST_PLANS })) await verifyOne(ops, plan);
  for (const incident of await ops.store.incidents.list({ states: ['verifying'], limit: MOST_PLANS })) await verifyJoined(ops, incident);
}

/** What the metrics of an incident say of a plan that ran. */
async function look(ops: Ops, plan: Plan, incidentId: string | null): Promise<Verification> {
  const nowMs = ops.clock.now();
  const anomalies = incidentId === null ? [] : await ops.store.anomalies.ofIncident(incidentId);
  const keys = anomalies.flatMap((anomaly) => (anomaly.metric === null ? [] : [seriesKey(anomaly.metric)]));
  const series = await ops.store.metrics.range(keys, { fromMs: plan.executedAtMs ?? nowMs, toMs: nowMs });
  return judge(plan, anomalies, new Map(series.map((one): [string, MetricSeries] => [seriesKey(one.ref), one])), nowMs);
}

/** A plan of another incident worked: whether it ended this one too, this one's own metrics say. */
async function verifyJoined(ops: Ops, incident: Incident): Promise<void> {
  const plan = await joinedPlan(ops.store, incident);
  if (plan?.state !== 'succeeded') return;
  const own = await ops.store.plans.list({ incidentId: incident.id, states: ['claimed', 'running', 'verifying'], limit: 1 });
  if (own.length > 0) return; // it has gone on to a plan of its own
  const verdict = await look(ops, plan, incident.id);
  if (verdict.kind === 'settling' || verdict.kind === 'waiting') return;
  const nowMs = ops.clock.now();
  const params = { plan: plan.id, other: plan.incidentId ?? '', still: verdict.kind === 'healed' ? '' : verdict.still.slice(0, 3).join(', ') };
  const [note, to, patch] =
    verdict.kind === 'healed'
      ? ([explain('plan.healed_joined', HEALED_JOINED, params), 'resolved', { resolvedAtMs: nowMs, resolution: 'fixed' }] as const)
      : ([explain('plan.not_joined', NOT_JOINED, params), 'analysed', {}] as const);
  await ops.store.transaction(async (tx) => {
    const detail = { plan: plan.id };
    const moved = await tx.incidents.move(incident.id, { from: ['verifying'], to, patch, actor: EXECUTOR, verb: `incident.${to}`, detail, atMs: nowMs });
    if (moved === null) return;
    await tell(tx, incident.id, note, nowMs);
    await tx.outbox.add({ type: 'incident', incidentId: incident.id }, nowMs);
  });
}

const HEALED_JOINED = '{plan} of {other} ended this one as well: its metrics are back to normal.';
const NOT_JOINED = '{plan} worked for {other}, but not here: {still} still out of line.';

async function verifyOne(ops: Ops, plan: Plan): Promise<void> {
  const verdict = await look(ops, plan, plan.incidentId);
  if (verdict.kind === 'settling' || verdict.kind === 'waiting') return;
  const title = requireAction(plan.action).title;
  if (verdict.kind === 'healed') {
    await finish(
      ops,
      plan,
      'succeeded',
      explain('plan.healed', '{title} on {target} worked: the metrics that alarmed are back to normal.', { title, target: plan.targetId }),
    );
    return;
  }
  await takeBack(ops, plan, title, verdict.still);
}

/** Rolling back to a recorded state is safe to repeat, so a crash in the middle of it only repeats it. */
async function takeBack(ops: Ops, plan: Plan, title: string, still: readonly string[]): Promise<void> {
  const params = { title, target: plan.targetId, still: still.slice(0, 3).join(', ') || 'the metrics' };
  if (plan.reversibility !== 'rollback') {
    await finish(ops, plan, 'failed', explain('plan.no_help', '{title} on {target} did not help: {still} still out of line. Please take over.', params));
    return;
  }
  if (!(await beginTakingBack(ops, plan, params, still))) return;
  const calls: string[] = [];
  try {
    await notingCalls(calls, () =>
      ops.executor.flights.during(plan, 'rollback', ROLLBACK_TIMEOUT_MS, (signal) => ops.remediator.rollback(stepOf(plan), plan.receipt ?? {}, signal)),
    );
  } catch (thrown) {
    ops.log.error({ plan: plan.id, err: thrown }, 'a rollback failed');
    const reason = redact(toOpsError(thrown).message);
    await finish(
      ops,
      plan,
      'failed',
      explain('plan.rollback_failed', '{title} on {target} did not help, and taking it back failed: {reason}. Please take over now.', { ...params, reason }),
      calls,
    );
    return;
  }
  await finish(
    ops,
    plan,
    'rolled_back',
    explain('plan.rolled_back', '{title} on {target} did not help ({still} still out of line), so it was taken back.', params),
    calls,
  );
}

/**
 * Taking back is an action as well: the switch is read in the transaction that says it begins. False: it is paused; people are told
 * once, and it waits for them.
 */
async function beginTakingBack(ops: Ops, plan: Plan, params: Explanation['params'], still: readonly string[]): Promise<boolean> {
  const nowMs = ops.clock.now();
  const service = await serviceOf(ops, plan);
  return await ops.store.transaction(async (tx) => {
    if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length === 0) {
      await tx.audit.append({ actor: EXECUTOR, verb: 'plan.rolling_back', subject: plan.id, detail: { still } }, nowMs);
      return true;
    }
    if (await tx.dedupe.firstTime(`rollback_held:${plan.id}`, nowMs))
      await tell(tx, plan.incidentId, explain('plan.rollback_held', HELD, params), nowMs, peopleToCall(ops.policy));
    return false;
  });
}

const HELD = '{title} on {target} did not help ({still} still out of line). Actions are paused, so it is not taken back before somebody resumes.';
