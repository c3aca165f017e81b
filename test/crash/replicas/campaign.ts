import { setTimeout as sleep } from 'node:timers/promises';
import { ANA, BEN, OPS_CHANNEL } from '../../../src/cli/sandbox.ts';
import { system } from '../../../src/domain/actor.ts';
import { INCIDENT_STATES } from '../../../src/domain/incident.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { pick } from '../../../src/sandbox/account/prng.ts';
import { anomaly, resource } from '../../support/make.ts';
import { readJournal } from '../account.ts';
import { Fleet } from './fleet.ts';
import { judgeAlert, judgePlan } from './judge.ts';

const DMITRI = 'U0DMI0004';
const GOES_ON_MS = 10_000;
const GIVE_UP_MS = 60_000;
const PRESS_AGAIN_MS = 3000;

export interface ReplicaCampaign {
  kills: number;
  readonly failures: string[];
  doubleExecutions: number;
  lostActions: number;
  lostApprovals: number;
  lostAlerts: number;
  doubleAlerts: number;
  slowest: number; // ms from a kill to the incident of the alert that came after it
  brokenChains: number;
}

/** One alert and one plan that a person approves, both under way while one of the replicas is killed. */
interface Round {
  readonly n: number;
  readonly seed: number;
}

/**
 * Kills one of the replicas `kills` times, whichever the seed says, while alerts come in and plans are approved and run. After each kill
 * another alert must become an incident within ten seconds; then a new replica takes the place of the dead one.
 */
export async function replicaCampaign(kills: number, replicas: number, seed: number, progress: (line: string) => void): Promise<ReplicaCampaign> {
  const fleet = await Fleet.open(replicas);
  const tally: ReplicaCampaign = {
    ...{ kills: 0, failures: [], doubleExecutions: 0, lostActions: 0, lostApprovals: 0, lostAlerts: 0, doubleAlerts: 0, slowest: 0, brokenChains: 0 },
  };
  try {
    const resources = Array.from({ length: kills }, (_, n) => ['t', 'a', 'b'].map((kind) => resource(`ecs/${kind}-${n}`))).flat();
    await fleet.store.signals.saveTopology({ resources, dependencies: [] });
    let whole: Promise<void> = Promise.resolve(); // all replicas are up
    for (let n = 0; n < kills; n += 1) {
      whole = (await round(fleet, tally, { n, seed }, whole)).raised;
      progress(`${tally.kills} kills, slowest ${Math.round(tally.slowest)} ms, ${tally.failures.length} failures`);
    }
    await whole;
    if ((await fleet.store.audit.verify()).brokenAt !== null) tally.brokenChains += 1;
    return tally;
  } finally {
    await fleet.close();
  }
}

/** Gives the coming of the replica that takes the dead one's place, in a box: nobody waits for it but the next kill. */
async function round(fleet: Fleet, tally: ReplicaCampaign, { n, seed }: Round, whole: Promise<void>): Promise<{ readonly raised: Promise<void> }> {
  const incidentId = await openIncident(fleet, n);
  const planId = await propose(fleet, n, incidentId);
  await whole;
  const early = fleet.alert(`early-${n}`, `ecs/a-${n}`, pick(seed, 1, n, 3));
  const approving = carryThrough(fleet, planId);
  await sleep(pick(seed, 2, n, 900));
  const victim = fleet.up[pick(seed, 3, n, fleet.up.length)];
  if (victim === undefined) throw new Error('no replica is up');
  await fleet.kill(victim);
  const killedAtMs = performance.now();
  tally.kills += 1;
  await fleet.alert(`late-${n}`, `ecs/b-${n}`, pick(seed, 4, n, 3));
  const goesOn = await incidentOf(fleet, `late-${n}`);
  const tookMs = performance.now() - killedAtMs;
  tally.slowest = Math.max(tally.slowest, tookMs);
  if (goesOn === null || tookMs > GOES_ON_MS) tally.failures.push(`round ${n}: the loop went on after ${Math.round(tookMs)} ms`);
  const raised = fleet.raise();
  raised.catch(() => undefined); // the next round hears of it
  await early;
  const plan = await approving;
  await settled(fleet);
  await judge(fleet, tally, n, plan, incidentId);
  return { raised };
}

async function judge(fleet: Fleet, tally: ReplicaCampaign, n: number, plan: Plan, incidentId: string): Promise<void> {
  const executed = readJournal(fleet.journal).filter((line) => line.doing === 'execute' && line.targetId === plan.targetId).length;
  const approvals = (await fleet.store.audit.list({ subject: plan.id, limit: 100 })).filter((row) => row.verb === 'plan.approval').length;
  const fault = judgePlan(plan, executed, approvals);
  if (fault === 'double') tally.doubleExecutions += 1;
  if (fault === 'lost action') tally.lostActions += 1;
  if (fault === 'lost approval') tally.lostApprovals += 1;
  if (fault !== null) tally.failures.push(`round ${n}: ${fault}: ${plan.id} is ${plan.state}, executed ${executed} times, ${approvals} approvals`);
  const incidents = [incidentId];
  for (const name of [`early-${n}`, `late-${n}`]) {
    const found = (await fleet.store.anomalies.between({ fromMs: 0, toMs: Date.now() + 60_000 }, 10_000)).filter((one) => one.key.startsWith(`alarm:${name}@`));
    const id = found[0]?.incidentId ?? null;
    const cards = fleet.slack.messages(OPS_CHANNEL).filter((message) => JSON.stringify(message.metadata ?? {}).includes(`"${id}"`)).length;
    const wrong = judgeAlert(found.length, id, cards);
    if (wrong === 'lost') tally.lostAlerts += 1;
    if (wrong === 'double') tally.doubleAlerts += 1;
    if (wrong !== null) tally.failures.push(`round ${n}: ${wrong}: ${name} is ${found.length} anomalies in ${id}, ${cards} cards`);
    if (id !== null) incidents.push(id);
  }
  for (const id of incidents) await closeIncident(fleet, id);
}

/** The person presses, and again after a while as long as the card still asks. Gives the plan once it ran or ended. */
async function carryThrough(fleet: Fleet, planId: string): Promise<Plan> {
  let pressedAtMs = Number.NEGATIVE_INFINITY;
  for (const untilMs = performance.now() + GIVE_UP_MS; ; await sleep(20)) {
    const plan = await fleet.store.plans.get(planId);
    if (plan === null) throw new Error(`${planId} is gone`);
    if (!['awaiting_approval', 'approved', 'claimed', 'running'].includes(plan.state) || performance.now() > untilMs) return plan;
    const ref = await fleet.store.messages.get(plan.id);
    if (plan.state !== 'awaiting_approval' || ref === null || performance.now() - pressedAtMs < PRESS_AGAIN_MS) continue;
    pressedAtMs = performance.now();
    for (const person of [ANA, BEN, ANA])
      fleet.slack
        .as(person)
        .click(ref, 'ops:approve')
        .catch(() => undefined); // the replica may die over it, the button may be gone
  }
}

async function propose(fleet: Fleet, n: number, incidentId: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const planId = (await fleet.up[tries % fleet.up.length]?.propose(incidentId, `ecs/t-${n}`, DMITRI)) ?? null;
    if (planId !== null) return planId;
    await sleep(100);
  }
  throw new Error('nobody proposes a plan');
}

async function openIncident(fleet: Fleet, n: number): Promise<string> {
  const atMs = Date.now();
  const trouble = anomaly(`ecs/t-${n}`, { id: `anomaly-${n}`, startedAtMs: atMs, lastSeenAtMs: atMs });
  await fleet.store.anomalies.save([trouble]);
  const draft = { title: `ecs/t-${n} is slow`, severity: 0.8, service: null, environment: 'prod', resourceIds: [`ecs/t-${n}`] };
  const { id } = await fleet.store.incidents.open({ ...draft, openedAtMs: atMs, startedAtMs: atMs, anomalyIds: [trouble.id] }, system('loop'));
  await fleet.store.incidents.move(id, { from: ['open'], to: 'unresolved', actor: system('loop'), verb: 'incident.analysed', atMs });
  return id;
}

async function closeIncident(fleet: Fleet, id: string): Promise<void> {
  const atMs = Date.now();
  const patch = { resolvedAtMs: atMs, resolution: 'closed' as const };
  await fleet.store.incidents.move(id, { from: INCIDENT_STATES, to: 'resolved', patch, actor: system('loop'), verb: 'incident.closed', atMs });
}

async function incidentOf(fleet: Fleet, alert: string): Promise<string | null> {
  for (const untilMs = performance.now() + GIVE_UP_MS; performance.now() < untilMs; await sleep(20)) {
    const live = await fleet.store.anomalies.live(1000);
    const id = live.find((one) => one.key.startsWith(`alarm:${alert}@`))?.incidentId;
    if (id != null) return id;
  }
  return null;
}

/** Everything is said. */
async function settled(fleet: Fleet): Promise<void> {
  for (const untilMs = performance.now() + GIVE_UP_MS; performance.now() < untilMs; await sleep(50)) {
    const [size, fresh] = [await fleet.store.outbox.size(), await fleet.store.anomalies.unassigned(10)];
    if (size === 0 && fresh.length === 0) return;
  }
}
