import { type Actor, personOf } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { FeedbackMeaning } from '../../src/domain/feedback.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { parseSubject, requireSubject } from '../../src/domain/names.ts';
import type { Pattern } from '../../src/domain/pattern.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { PolicySchema } from '../../src/domain/policy.ts';
import type { Clock } from '../../src/domain/ports.ts';
import type { Analysis } from '../../src/domain/rca.ts';
import type { Store } from '../../src/domain/store.ts';
import type { WeekView } from '../../src/domain/views.ts';
import { createToken, listTokens, revokeToken } from '../../src/loop/tokens.ts';
import type { Verbs } from '../../src/loop/verbs.ts';
import { incident as someIncident, plan as somePlan } from './make.ts';

export interface VerbCall {
  readonly verb: keyof Verbs;
  readonly args: readonly unknown[];
}
export interface FakeVerbs extends Verbs {
  readonly calls: VerbCall[];
  /** The next call of this verb fails so. */
  failNext(verb: keyof Verbs, error: Error): void;
  /** Until the returned function is called, this verb does not answer. */
  holdNext(verb: keyof Verbs): () => void;
}

export const cpuPattern: Pattern = {
  pattern_id: 'PAT-001',
  category: 'performance',
  title: 'EC2 High CPU Usage',
  description: 'The CPU is busy and answers are slow.',
  symptoms: ['CPU over 90 %'],
  root_causes: ['a loop that never ends'],
  solutions: [{ action: 'restart_service', confidence: 0.8, risk: 'low' }],
  metadata: { occurrence_count: 3, last_seen: '2026-03-01', success_rate: 0.9, avg_resolution_time: '12min' },
};

const analysisAt = (atMs: number): Analysis => ({
  atMs,
  hypotheses: [{ resourceId: 'ecs/checkout', cause: explain('test.cause', 'A new version came out.'), kind: 'change', confidence: 0.8, evidence: [] }],
  gaps: [],
  solutions: [],
  summary: explain('test.summary', 'Most likely the new version.'),
});

/** The verbs as an edge sees them: over the real store, with the same refusals, and none of the loop behind them. */
export function fakeVerbs(store: Store, clock: Clock): FakeVerbs {
  const calls: VerbCall[] = [];
  const failures = new Map<keyof Verbs, Error>();
  const holds = new Map<keyof Verbs, Promise<void>>();
  const real = plainVerbs(store, clock);
  const watched = Object.fromEntries(
    Object.entries(real).map(([name, verb]) => [
      name,
      async (...args: unknown[]) => {
        const key = name as keyof Verbs;
        calls.push({ verb: key, args });
        await holds.get(key);
        const failure = failures.get(key);
        failures.delete(key);
        if (failure !== undefined) throw failure;
        return (verb as (...given: unknown[]) => Promise<unknown>)(...args);
      },
    ]),
  ) as unknown as Verbs;
  return {
    ...watched,
    calls,
    failNext: (verb, error) => void failures.set(verb, error),
    holdNext(verb) {
      let release = (): void => {};
      holds.set(
        verb,
        new Promise<void>((resolve) => (release = resolve)).finally(() => holds.delete(verb)),
      );
      return () => release();
    },
  };
}

function plainVerbs(store: Store, clock: Clock): Verbs {
  const incident = async (id: string): Promise<Incident> => {
    const found = await store.incidents.get(requireSubject(id, 'incident').id);
    if (found === null) throw new OpsError('not_found', `There is no incident ${id}.`, 'status lists the open ones.');
    return found;
  };
  const plan = async (id: string): Promise<Plan> => {
    const found = await store.plans.get(requireSubject(id, 'plan').id);
    if (found === null) throw new OpsError('not_found', `There is no plan ${id}.`, 'status lists those that wait.');
    return found;
  };
  const view = async (id: string) => {
    const found = await plan(id);
    return { plan: found, incident: found.incidentId === null ? null : await store.incidents.get(found.incidentId), paused: await store.switches.list() };
  };
  const end = async (id: string, to: 'rejected' | 'cancelled', actor: Actor, reason: string) => {
    const before = await plan(id);
    const patch = { endedBy: { actor, reason: reason || 'no reason given' } };
    const moved = await store.plans.move(before.id, {
      from: ['awaiting_approval', 'notified', 'proposed'],
      to,
      patch,
      actor,
      verb: `plan.${to}`,
      atMs: clock.now(),
    });
    if (moved === null) throw new OpsError('conflict', `Too late: ${before.id} is ${before.state}.`, 'Its card shows where it is now.');
    return view(before.id);
  };
  return {
    detect: async () => ({ collected: await noCollection(), anomalies: [], incidents: await store.incidents.list({ limit: 5 }) }),
    collect: noCollection,
    async analyse(subject, _actor, watch) {
      watch?.signal?.throwIfAborted();
      const name = parseSubject(subject);
      const found = name?.kind === 'incident' ? await incident(name.id) : null;
      return { incident: found, title: found?.title ?? subject, analysis: analysisAt(clock.now()) };
    },
    searchPatterns: async ({ text }) => ({
      matches: [{ patternId: 'PAT-001', title: cpuPattern.title, category: 'performance', similarity: 0.91, why: text.split(' ').slice(0, 3) }],
      source: 'test',
    }),
    async pattern(id) {
      if (id !== 'PAT-001') throw new OpsError('not_found', `There is no pattern ${id}.`);
      return cpuPattern;
    },
    async proposeFix({ issue }, actor) {
      const about = await incident(issue);
      const {
        id: _,
        state: __,
        approvals: ___,
        ...draft
      } = somePlan({ incidentId: about.id, requestedBy: actor, createdAtMs: clock.now(), expiresAtMs: clock.now() + 600_000 });
      const made = await store.plans.create({ ...draft, idempotencyKey: `run-${clock.now()}` }, actor);
      await awaitApproval(store, made.id, clock.now());
      return view(made.id);
    },
    async approve(planId, actor, how) {
      const now = await plan(planId);
      const userId = personOf(actor);
      if (userId === null || userId === personOf(now.requestedBy))
        throw new OpsError('forbidden', 'You asked for it, so somebody else must approve it.', 'Ask a colleague.');
      if (how.digest !== null && !now.digest.startsWith(how.digest)) throw new OpsError('conflict', `${now.id} has changed since that card.`, 'Look again.');
      await store.transaction(async (tx) => {
        const filed = await tx.plans.approve(now.id, { userId, atMs: clock.now(), digest: now.digest, via: how.via }, actor);
        if (filed === null) throw new OpsError('conflict', `${now.id} does not wait for your approval.`, 'Its card shows where it is now.');
        if (filed.approvals.length < filed.approvalsNeeded) return;
        await tx.plans.move(now.id, { from: ['awaiting_approval'], to: 'approved', actor, verb: 'plan.approved', atMs: clock.now() });
      });
      return view(now.id);
    },
    async withdrawApproval(planId, actor) {
      const now = await plan(planId);
      const left = await store.plans.withdraw(now.id, personOf(actor) ?? '', actor, clock.now());
      if (left === null) throw new OpsError('conflict', `There is no approval of yours on ${now.id}.`, 'Its card shows where it is now.');
      return view(now.id);
    },
    reject: (planId, actor, reason) => end(planId, 'rejected', actor, reason),
    cancel: (planId, actor, reason) => end(planId, 'cancelled', actor, reason),
    async giveFeedback({ subject, verdict, meaning, comment }, actor) {
      const name = parseSubject(subject);
      if (name === null) throw new OpsError('not_found', `There is no ${subject}.`);
      const taken: FeedbackMeaning = meaning ?? (name.kind === 'plan' ? 'fix' : name.kind === 'incident' ? 'alert' : 'match');
      const feedback = {
        subject: name.id,
        meaning: taken,
        verdict,
        userId: personOf(actor) ?? 'nobody',
        atMs: clock.now(),
        comment,
        patternId: null,
        action: null,
      };
      return { feedback, replaced: await store.feedback.put(feedback, actor), confidence: null, sensitivity: null };
    },
    withdrawFeedback: (subject, actor) => store.feedback.remove(subject, personOf(actor) ?? '', actor, clock.now()),
    async acknowledge(id, actor) {
      const patched = await store.incidents.patch((await incident(id)).id, { acknowledgedBy: personOf(actor) }, null, clock.now());
      if (patched === null) throw new OpsError('not_found', `There is no incident ${id}.`);
      return patched;
    },
    async silence(resourceId, durationMs, reason, by) {
      const silence = { resourceId, untilMs: clock.now() + durationMs, by, reason, atMs: clock.now() };
      await store.silences.put(silence);
      return silence;
    },
    async pause(scope, reason, by) {
      await store.switches.off({ scope, by, reason, atMs: clock.now() });
      return { scope, held: [], stopped: [], running: [], sent: [] };
    },
    acknowledgeStorm: async (stormId, actor) => {
      const members = (await store.settings.get(`storm:${stormId}`)) ?? '{"incidentIds":[]}';
      const ids = (JSON.parse(members) as { incidentIds: string[] }).incidentIds;
      const all = await Promise.all(ids.map((id) => store.incidents.patch(id, { acknowledgedBy: personOf(actor) }, null, clock.now())));
      return all.filter((one) => one !== null);
    },
    silences: async () => ({ silences: await store.silences.active(clock.now()), maintenance: [] }),
    async lift(name, actor) {
      if (!(await store.silences.remove(name, actor, clock.now()))) throw new OpsError('not_found', `"${name}" is not silenced.`);
      return name;
    },
    maintenance: async ({ service, startsInMs, durationMs, reason }, by) => {
      const fromMs = clock.now() + startsInMs;
      return { id: 'mw_1', service, fromMs, untilMs: fromMs + durationMs, reason, by };
    },
    async revise(planId, params, actor) {
      const old = await end(planId, 'cancelled', actor, 'other parameters');
      const made = await aPlan(store, old.plan.incidentId ?? '', clock.now(), { params, requestedBy: actor });
      return view(made.id);
    },
    week: async () => quietWeek(clock.now()),
    topology: async (subject) => ({ title: subject, nodes: [{ id: 'ecs/checkout', layer: 0, state: 'sick' }], edges: [], left: 0 }),
    resume: async (scope, actor) => ((await store.switches.on(scope, actor, clock.now())) ? [scope] : []),
    promote: async (patternId, action) => ({ patternId, action, from: 'medium', to: 'low' }),
    createToken: ({ name, forMe, scopes }, actor) =>
      createToken(store, clock, { next: (prefix) => `${prefix}_${name}` }, { name, userId: forMe ? personOf(actor) : null, scopes }, actor),
    tokens: () => listTokens(store),
    revokeToken: (name, actor) => revokeToken(store, clock, name, actor),
    policy: async () => PolicySchema.parse({}),
    reloadPolicy: async () => ({ before: 'a'.repeat(64), after: 'b'.repeat(64), changed: ['freezes', 'approvers'] }),
    status: async () => ({
      ...{ nowMs: clock.now(), lastTickAtMs: clock.now(), lastTickMs: 20, tickErrors: 0, sources: [], series: 3, patterns: 1 },
      openIncidents: await store.incidents.list({ limit: 10 }),
      waitingPlans: await store.plans.list({ states: ['awaiting_approval', 'notified'], limit: 10 }),
      paused: await store.switches.list(),
      outboxSize: await store.outbox.size(),
    }),
    async incident(id) {
      const found = await incident(id);
      return { incident: found, anomalies: await store.anomalies.ofIncident(found.id), plans: await store.plans.list({ incidentId: found.id, limit: 10 }) };
    },
    incidents: ({ limit }) => store.incidents.list({ limit }),
    plan: view,
    audit: (subject, limit) => store.audit.list({ subject, limit }),
    draftPattern: async (id) => ({ ...cpuPattern, pattern_id: 'PAT-900', title: (await incident(id)).title }),
    duplicates: async () => [],
    learn: async (pattern) => pattern,
  };
}

const quietWeek = (toMs: number): WeekView => ({
  ...{ fromMs: toMs - 7 * 86_400_000, toMs, incidents: 0, incidentsBefore: 0, silenced: 0, healedAlone: 0, healedWithPeople: 0, recovered: 0 },
  ...{ falseAlarms: 0, stillOpen: 0, detectMs: null, healMs: null, noisiest: [], days: [], learned: [], losing: [] },
});

const noCollection = async () => ({ points: 0, logLines: 0, changes: 0, alarms: 0, gaps: [] });

async function awaitApproval(store: Store, planId: string, atMs: number): Promise<void> {
  await store.plans.move(planId, { from: ['proposed'], to: 'awaiting_approval', actor: { type: 'system', component: 'test' }, verb: 'plan.asked', atMs });
}

/** An incident, and a plan of it that waits for approval, in the store. */
export async function anIncident(store: Store, atMs: number, title = 'ecs/checkout: CPUUtilization high'): Promise<Incident> {
  const { service, environment, resourceIds, severity } = someIncident();
  return store.incidents.open(
    { title, severity, service, environment, resourceIds, openedAtMs: atMs, startedAtMs: atMs, anomalyIds: [] },
    { type: 'system', component: 'test' },
  );
}
export async function aPlan(store: Store, incidentId: string, atMs: number, over: Partial<Plan> = {}): Promise<Plan> {
  const {
    id: _,
    state: __,
    approvals: ___,
    ...draft
  } = somePlan({ incidentId, createdAtMs: atMs, expiresAtMs: atMs + 600_000, digest: 'd1'.repeat(32), ...over });
  const made = await store.plans.create({ ...draft, idempotencyKey: `run-${incidentId}-${Math.random()}` }, { type: 'system', component: 'test' });
  await awaitApproval(store, made.id, atMs);
  return (await store.plans.get(made.id)) ?? made;
}
