import type { Actor } from '../domain/actor.ts';
import { planName } from '../domain/names.ts';
import type { Approval, Plan, PlanDraft, PlanState } from '../domain/plan.ts';
import type { PlanRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { bounded, numberOf, patched, where } from './rows.ts';
import { all, one, run, type Session, tell, type Work } from './session.ts';

/**
 * Audit rows: `plan.proposed`, `plan.approval` (one person's), and a move's own verb with `from` and `to`. Each names the
 * plan's incident, so that the story of the incident holds them.
 */
export const plans = (session: Session): PlanRepository => ({
  create: (draft, actor) => session.write(() => create(draft, actor)),
  get: (id) => session.snapshot(() => find(id)),
  list: (query) => session.snapshot(() => list(query)),
  move: (id, move) =>
    session.write(function* () {
      const before = yield* find(id);
      if (before === null || !move.from.includes(before.state) || (move.digest !== undefined && move.digest !== before.digest)) return null;
      const changed = patched(before, { updatedAtMs: move.atMs, ...move.patch });
      const after: Plan = { ...changed, id: before.id, state: move.to, approvals: before.approvals };
      if (!(yield* update(after, before))) return null;
      yield* auditPlan(after, move.actor, move.verb, { ...move.detail, from: before.state, to: after.state }, move.atMs);
      return after;
    }),
  patch: (id, patch, audit, atMs) =>
    session.write(function* () {
      const before = yield* find(id);
      if (before === null) return null;
      const after: Plan = { ...patched(before, { updatedAtMs: atMs, ...patch }), id: before.id, state: before.state, approvals: before.approvals };
      if (!(yield* update(after, before))) return null;
      if (audit !== null) yield* auditPlan(after, audit.actor, audit.verb, audit.detail, atMs);
      return after;
    }),
  approve: (id, approval, actor) => session.write(() => approve(id, approval, actor)),
  withdraw: (id, userId, actor, atMs) => session.write(() => withdraw(id, userId, actor, atMs)),
});

function* create(draft: PlanDraft, actor: Actor): Work<Plan> {
  const body: Omit<Plan, 'id' | 'state' | 'approvals'> = {
    ...draft,
    updatedAtMs: draft.createdAtMs,
    endedBy: null,
    receipt: null,
    executedAtMs: null,
    verifyAfterMs: null,
    verifyUntilMs: null,
    outcome: null,
    learnedAtMs: null,
  };
  const row = yield* one<{ n: number }>(
    "INSERT INTO plan (state, digest, incident_id, target_id, body) VALUES ('proposed', ?, ?, ?, ?) RETURNING n",
    draft.digest,
    draft.incidentId,
    draft.targetId,
    JSON.stringify(body),
  );
  const plan: Plan = { id: planName(row?.n ?? 0), state: 'proposed', approvals: [], ...body };
  const { action, targetId, params, risk, digest, patternId } = draft;
  yield* auditPlan(plan, actor, 'plan.proposed', { action, targetId, params, risk, digest, patternId }, draft.createdAtMs);
  return plan;
}

/** A person's approval of an earlier digest gives way to one of the digest as it is now. */
function* approve(id: string, approval: Approval, actor: Actor): Work<Plan | null> {
  const n = numberOf('PLAN', id);
  if (n === null) return null;
  const filed = yield* run(
    `INSERT INTO approval (plan_n, user_id, at_ms, digest, via)
     SELECT n, ?, CAST(? AS BIGINT), ?, ? FROM plan WHERE n = ? AND state = 'awaiting_approval' AND digest = ?
     ON CONFLICT (plan_n, user_id) DO UPDATE SET at_ms = excluded.at_ms, digest = excluded.digest, via = excluded.via WHERE approval.digest <> excluded.digest`,
    approval.userId,
    approval.atMs,
    approval.digest,
    approval.via,
    n,
    approval.digest,
  );
  const plan = filed === 1 ? yield* find(id) : null;
  if (plan === null) return null;
  yield* auditPlan(plan, actor, 'plan.approval', { userId: approval.userId, via: approval.via, digest: approval.digest }, approval.atMs);
  return plan;
}

function* withdraw(id: string, userId: string, actor: Actor, atMs: number): Work<Plan | null> {
  const before = yield* find(id);
  if (before === null || !(before.state === 'awaiting_approval' || before.state === 'approved')) return null;
  if ((yield* run('DELETE FROM approval WHERE plan_n = ? AND user_id = ?', numberOf('PLAN', id), userId)) === 0) return null;
  const approvals = before.approvals.filter((approval) => approval.userId !== userId);
  const left = approvals.filter((approval) => approval.digest === before.digest).length;
  const after: Plan = { ...before, approvals, updatedAtMs: atMs, state: left < before.approvalsNeeded ? 'awaiting_approval' : before.state };
  if (!(yield* update(after, before))) return null;
  yield* auditPlan(after, actor, 'plan.approval_withdrawn', { userId, from: before.state, to: after.state }, atMs);
  return after;
}

function* auditPlan(plan: Plan, actor: Actor, verb: string, detail: Record<string, unknown>, atMs: number): Work<void> {
  const incident = plan.incidentId === null ? {} : { incidentId: plan.incidentId };
  yield* appendAudit({ actor, verb, subject: plan.id, detail: { ...incident, ...detail } }, atMs);
  yield* tell('plans', plan.id);
}

interface Row {
  readonly n: number;
  readonly state: PlanState;
  readonly body: string;
}

function* toPlan(row: Row): Work<Plan> {
  const sql = 'SELECT user_id AS "userId", at_ms AS "atMs", digest, via FROM approval WHERE plan_n = ? ORDER BY at_ms, rowid';
  const approvals = yield* all<Approval>(sql, row.n);
  return { ...(JSON.parse(row.body) as Plan), id: planName(row.n), state: row.state, approvals };
}

function* find(id: string): Work<Plan | null> {
  const n = numberOf('PLAN', id);
  const row = n === null ? null : yield* one<Row>('SELECT n, state, body FROM plan WHERE n = ?', n);
  return row === null ? null : yield* toPlan(row);
}

function* list(query: Parameters<PlanRepository['list']>[0]): Work<readonly Plan[]> {
  const before = query.before === undefined ? null : numberOf('PLAN', query.before);
  const found = where(
    ['state IN (SELECT value FROM json_each(?))', query.states === undefined ? null : JSON.stringify(query.states)],
    ['incident_id = ?', query.incidentId],
    ['target_id = ?', query.targetId],
    ['n < ?', before],
  );
  const rows = yield* all<Row>(`SELECT n, state, body FROM plan ${found.sql} ORDER BY n DESC LIMIT ?`, ...found.values, bounded(query.limit));
  const plans: Plan[] = [];
  for (const row of rows) plans.push(yield* toPlan(row));
  return plans;
}

function* update(plan: Plan, before: Plan): Work<boolean> {
  const { id, state, approvals: _approvals, ...body } = plan;
  const sql = 'UPDATE plan SET state = ?, digest = ?, incident_id = ?, target_id = ?, body = ? WHERE n = ? AND state = ? AND digest = ?';
  const changes = yield* run(sql, state, plan.digest, plan.incidentId, plan.targetId, JSON.stringify(body), numberOf('PLAN', id), before.state, before.digest);
  return changes === 1;
}
