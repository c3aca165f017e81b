import { user } from '../src/domain/actor.ts';
import type { Plan } from '../src/domain/plan.ts';
import { directoryOf, person, resource } from '../test/support/make.ts';
import { openPlansDesk, type PlansDesk } from '../test/support/plans-desk.ts';
import type { BenchResult } from './types.ts';

const WAITING = 200; // plans that wait all the while
const APPROVED = 200; // one after another, beside them
const AUDIT_ROWS = 200_000;
const ROWS_A_TIME = 2000;
const ANA = user('UANA');
const DMITRI = user('UDMITRI');

/**
 * From the moment a yes arrives to the moment the target is told to act, and from "pause" to its answer, both with 200 plans
 * that wait; and how fast the audit chain is verified. Real loop and store, a target that only takes the time.
 */
export async function benchAction(): Promise<BenchResult> {
  const targets = Array.from({ length: WAITING + APPROVED }, (_, n) => `ecs/t${n}`);
  const desk = await openPlansDesk({
    policy: { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'], approval_expires_min: 1440 },
    directory: directoryOf([person('UANA'), person('UDMITRI')]),
    resources: targets.map((id) => resource(id)),
  });
  try {
    const plans: Plan[] = [];
    for (const target of targets) plans.push(await desk.propose('rollback_deploy', target, DMITRI));
    const starts: number[] = [];
    for (const plan of plans.slice(WAITING)) starts.push(await approvalToStartMs(desk, plan));
    const killMs = await killSwitchMs(desk, plans.slice(0, WAITING));
    const rows = await auditRowsPerSecond(desk);
    const figures = {
      approval_to_start_ms: { p50: at(starts, 0.5), p99: at(starts, 0.99) },
      kill_switch_ms: round(killMs),
      audit_rows_per_second: Math.round(rows),
    };
    return { name: 'action', figures, ratio: null, against: 'nothing: goals are 250 ms, 1000 ms and 100,000 rows a second' };
  } finally {
    await desk.close();
  }
}

async function approvalToStartMs(desk: PlansDesk, plan: Plan): Promise<number> {
  const started = new Promise<number>((resolve) => {
    desk.target.onExecute = () => resolve(performance.now());
  });
  const pressedMs = performance.now();
  await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: plan.digest.slice(0, 16) });
  return (await started) - pressedMs;
}

/** All that wait are approved at once, and somebody pulls the switch: until it answers, and nothing may start after that. */
async function killSwitchMs(desk: PlansDesk, plans: readonly Plan[]): Promise<number> {
  const approvals = plans.map((plan) => desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null }));
  const pulledMs = performance.now();
  const { running } = await desk.core.verbs.pause('all', 'bench', DMITRI);
  const tookMs = performance.now() - pulledMs;
  const before = desk.target.calls.length;
  await Promise.all(approvals);
  await desk.kick();
  if (desk.target.calls.length > before + running.length) throw new Error('a plan started after the pause was answered');
  return tookMs;
}

async function auditRowsPerSecond({ store, clock }: PlansDesk): Promise<number> {
  const draft = { actor: ANA, verb: 'bench.row', subject: 'PLAN-1', detail: { incidentId: 'INC-1', from: 'awaiting_approval', to: 'approved' } };
  for (let rows = 0; rows < AUDIT_ROWS; rows += ROWS_A_TIME) {
    await store.transaction(async (tx) => {
      for (let n = 0; n < ROWS_A_TIME; n += 1) await tx.audit.append(draft, clock.now());
    });
  }
  const fromMs = performance.now();
  const report = await store.audit.verify();
  const tookMs = performance.now() - fromMs;
  if (report.brokenAt !== null) throw new Error(`the chain does not hold: ${report.reason}`);
  return (report.rows * 1000) / tookMs;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const at = (values: readonly number[], share: number): number =>
  round(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0);
