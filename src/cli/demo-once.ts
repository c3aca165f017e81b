import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MATCH_THRESHOLD } from '../domain/pattern.ts';
import { FINAL_PLAN_STATES } from '../domain/plan.ts';
import { silentLog } from '../log.ts';
import type { Scenario } from '../sandbox/account/schema.ts';
import { ManualClock } from '../sandbox/clock.ts';
import { ANA, BEN, builtIn, IN_A_HURRY, openSandbox, type Sandbox } from './sandbox.ts';

/** One scenario for each of the four risks. */
const SCENARIOS = ['memory-leak', 'throttled-function', 'bad-deploy', 'cost-leak'] as const;
const START_MS = Date.UTC(2026, 2, 4, 10, 0);
const MINUTE_MS = 60_000;

export interface DemoRun {
  readonly scenario: string;
  readonly incident: string | null;
  readonly detected: boolean;
  readonly matched: readonly string[];
  readonly cause: string | null;
  readonly plan: { readonly action: string; readonly risk: string; readonly state: string } | null;
  readonly approvals: readonly { readonly user: string }[];
  readonly verified: boolean;
  readonly learned: boolean;
  readonly minutes: number; // simulated, from the start of the scenario to its end
}

/** Runs the four scenarios as fast as they go; scripted people press the real buttons. */
export async function runOnce(json: boolean): Promise<void> {
  const runs: DemoRun[] = [];
  for (const name of SCENARIOS) {
    const run = await runScenario(builtIn(name));
    runs.push(run);
    if (!json) process.stdout.write(`${story(run)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ runs })}\n`);
  if (runs.some((run) => !run.verified)) process.exitCode = 1;
}

/** One scenario from its start to a verified end, or to the end of its time. */
export async function runScenario(scenario: Scenario): Promise<DemoRun> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-once-'));
  const clock = new ManualClock(START_MS);
  const sandbox = await openSandbox({ scenario, clock, dir, log: silentLog, timing: IN_A_HURRY });
  try {
    let minutes = 0;
    for (; minutes <= scenario.duration_min; minutes += 1) {
      await sandbox.app.tick();
      await sandbox.app.executor.idle();
      await sandbox.app.slack.delivery.drain();
      await pressButtons(sandbox);
      if (await isOver(sandbox)) break;
      clock.advance(MINUTE_MS);
    }
    return await report(sandbox, scenario, minutes);
  } finally {
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Ana approves what waits, Ben where two are needed, and Ana gives a thumb up to what was healed. */
async function pressButtons({ app, slack }: Sandbox): Promise<void> {
  for (const plan of await app.store.plans.list({ states: ['awaiting_approval'], limit: 10 })) {
    const card = await app.store.messages.get(plan.id);
    if (card === null) continue;
    for (const [index, person] of [ANA, BEN].slice(0, plan.approvalsNeeded).entries()) {
      await slack.as(person).click(card, 'ops:approve');
      await until(async () => ((await app.store.plans.get(plan.id))?.approvals.length ?? 0) > index);
    }
    await app.executor.idle();
  }
  for (const plan of await app.store.plans.list({ states: ['succeeded'], limit: 10 })) {
    const subject = plan.incidentId ?? plan.id;
    const card = await app.store.messages.get(subject);
    if (card === null || (await app.store.feedback.ofSubject(subject)).length > 0) continue;
    await slack.as(ANA).react(card, '+1');
    await until(async () => (await app.store.feedback.ofSubject(subject)).length > 0);
  }
}

const WAIT_MS = 5000;

/** Slack acknowledges a press at once and the work follows: looks until it is done, for a bounded time. */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + WAIT_MS; performance.now() < endMs; ) {
    if (await done()) return;
    await sleep(20);
  }
}

async function isOver({ app }: Sandbox): Promise<boolean> {
  const plans = await app.store.plans.list({ limit: 20 });
  return plans.length > 0 && plans.every((plan) => FINAL_PLAN_STATES.includes(plan.state) && plan.learnedAtMs !== null);
}

async function report({ app }: Sandbox, scenario: Scenario, minutes: number): Promise<DemoRun> {
  const [plan] = await app.store.plans.list({ limit: 1 });
  const incidents = await app.store.incidents.list({ limit: 20 });
  const incident = incidents.find((one) => one.id === plan?.incidentId) ?? incidents.at(-1) ?? null;
  return {
    scenario: scenario.name,
    incident: incident?.id ?? null,
    detected: incident !== null,
    matched: (incident?.matches ?? []).filter((match) => match.similarity >= MATCH_THRESHOLD).map((match) => match.patternId),
    cause: incident?.analysis?.hypotheses[0]?.resourceId ?? null,
    plan: plan === undefined ? null : { action: plan.action, risk: plan.risk, state: plan.state },
    approvals: (plan?.approvals ?? []).map((approval) => ({ user: approval.userId })),
    verified: plan?.outcome?.verified === true,
    learned: plan !== undefined && plan.learnedAtMs !== null,
    minutes,
  };
}

function story(run: DemoRun): string {
  const plan = run.plan === null ? 'no plan' : `${run.plan.action} (${run.plan.risk}) ${run.plan.state}`;
  const people = run.approvals.length === 0 ? 'nobody had to approve' : `approved by ${run.approvals.map((one) => one.user).join(' and ')}`;
  const parts = [
    `${run.scenario}: ${run.incident ?? 'nothing detected'}`,
    `cause ${run.cause ?? 'unknown'}`,
    `matched ${run.matched.join(', ') || 'nothing'}`,
    plan,
    people,
  ];
  return `${parts.join(' · ')} · ${run.verified ? 'verified' : 'NOT verified'} · ${run.learned ? 'learned' : 'not learned'} · after ${run.minutes} simulated minutes`;
}
