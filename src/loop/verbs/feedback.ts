import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Feedback, FeedbackMeaning } from '../../domain/feedback.ts';
import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import { seriesKey } from '../../domain/metric.ts';
import { parseSubject, type Subject } from '../../domain/names.ts';
import type { Plan } from '../../domain/plan.ts';
import type { FeedbackReport, FeedbackRequest } from '../../domain/requests.ts';
import { mayMovePattern } from '../../feedback/bounds.ts';
import { MATCH_ACTION, VERDICT_WEIGHT } from '../../feedback/posterior.ts';
import { logFeedback } from '../learning/log.ts';
import { confidenceOf, relearn } from '../learning/relearn.ts';
import { nudgeSensitivity } from '../learning/sensitivity.ts';
import type { Ops } from '../ops.ts';
import { requireIncident, requirePlan } from './views.ts';

const DAY_MS = 86_400_000;
const MOST_COMMENT = 2000;

/** What a verdict is about, once names are resolved. */
interface About {
  readonly subject: string;
  readonly meaning: FeedbackMeaning;
  readonly incidentId: string | null;
  readonly patternId: string | null;
  readonly action: string | null;
}

/**
 * Files one person's verdict; a second one by the same person replaces the first. On an alert it changes how sensitive its
 * metrics are, on a fix how much is thought of pattern and action, on a match how much is thought of the pattern here.
 */
export async function giveFeedback(ops: Ops, request: FeedbackRequest, actor: Actor): Promise<FeedbackReport> {
  const userId = personOf(actor);
  if (userId === null) throw new OpsError('forbidden', 'Only a person can give a verdict.', 'Use a token that belongs to a person.');
  const about = await resolve(ops, request);
  const nowMs = ops.clock.now();
  const { subject, meaning, patternId, action } = about;
  const comment = request.comment?.trim().slice(0, MOST_COMMENT) || null;
  const feedback: Feedback = { subject, meaning, verdict: request.verdict, userId, atMs: nowMs, comment, patternId, action };
  const replaced = await ops.store.feedback.put(feedback, actor);
  if (replaced !== null && replaced.meaning !== meaning) await undoEffect(ops, replaced, actor);
  const before = await confidenceOf(ops, patternId, action);
  const sensitivity = await applyEffect(ops, feedback, replaced, about, actor);
  const after = await confidenceOf(ops, patternId, action);
  await logFeedback(ops, feedback);
  const confidence = before === null || after === null || patternId === null ? null : { patternId, action: action ?? MATCH_ACTION, before, after };
  return { feedback, replaced, confidence, sensitivity };
}

/** Takes a verdict back, with what it changed. Null: there was none. */
export async function withdrawFeedback(ops: Ops, subject: string, actor: Actor): Promise<Feedback | null> {
  const userId = personOf(actor);
  if (userId === null) throw new OpsError('forbidden', 'Only a person can take a verdict back.');
  const named = requireName(subject);
  const removed = await ops.store.feedback.remove(named.id, userId, actor, ops.clock.now());
  if (removed !== null) await undoEffect(ops, removed, actor);
  return removed;
}

function requireName(text: string): Subject {
  const named = parseSubject(/^#?\d+$/.test(text.trim()) ? `INC-${text.trim().replace('#', '')}` : text);
  if (named !== null) return named;
  throw new OpsError(
    'invalid_input',
    `"${text.trim().slice(0, 60)}" is not something to give a verdict on.`,
    'Name an incident (INC-12), a plan (PLAN-34) or a pattern (PAT-001): "feedback INC-12 good".',
  );
}

async function resolve(ops: Ops, request: FeedbackRequest): Promise<About> {
  const named = requireName(request.subject);
  if (named.kind === 'pattern') {
    const pattern = await ops.knowledge.get(named.id);
    if (pattern === null) throw new OpsError('not_found', `There is no pattern ${named.id}.`, 'Find it with "pattern search <words>".');
    return { subject: named.id, meaning: 'match', incidentId: null, patternId: named.id, action: null };
  }
  if (named.kind === 'plan') return aboutPlan(await requirePlan(ops, named.id), named.id, request.meaning);
  const incident = await requireIncident(ops, named.id);
  const plans = await ops.store.plans.list({ incidentId: incident.id, limit: 50 });
  const ran = plans.find((plan) => plan.executedAtMs !== null) ?? null;
  const meaning = request.meaning ?? (ran === null ? 'alert' : 'fix');
  const match = incident.matches[0]?.patternId ?? null;
  if (meaning === 'fix' && ran !== null) return { ...aboutPlan(ran, incident.id, 'fix'), incidentId: incident.id };
  if (meaning === 'fix')
    throw new OpsError('conflict', `Nothing was run for ${incident.id} yet.`, 'Say whether the alert was right: "feedback INC-12 good" or "bad".');
  if (meaning === 'match' && match === null) throw new OpsError('conflict', `${incident.id} matched no pattern.`, 'Nothing to judge there.');
  return { subject: incident.id, meaning, incidentId: incident.id, patternId: meaning === 'match' ? match : null, action: null };
}

function aboutPlan(plan: Plan, subject: string, meaning: FeedbackMeaning | null): About {
  if (meaning === 'alert') throw new OpsError('invalid_input', `${plan.id} is a plan, not an alert.`, 'Give that verdict on its incident.');
  return { subject, meaning: meaning ?? 'fix', incidentId: plan.incidentId, patternId: plan.patternId, action: meaning === 'match' ? null : plan.action };
}

async function applyEffect(ops: Ops, feedback: Feedback, replaced: Feedback | null, about: About, actor: Actor): Promise<FeedbackReport['sensitivity']> {
  if (feedback.meaning === 'alert') {
    const same = replaced !== null && replaced.meaning === 'alert';
    if (same && replaced.verdict === feedback.verdict) return null;
    const changed = await nudge(ops, about.incidentId, feedback.verdict, same ? 2 : 1, actor);
    if (feedback.verdict === 'bad') await closeFalseAlarm(ops, about.incidentId, actor);
    return changed;
  }
  if (feedback.patternId === null) return null;
  const recent = await ops.store.feedback.byPerson(feedback.userId, feedback.atMs - DAY_MS);
  const bound = mayMovePattern(feedback, recent);
  if (bound !== null) {
    ops.log.info({ subject: feedback.subject, reason: bound }, 'a verdict is filed and does not count');
    return null;
  }
  await ops.store.learning.put(observationOf(feedback));
  await relearn(ops, feedback.patternId);
  return null;
}

const observationKey = (feedback: Feedback): string => `verdict:${feedback.subject}:${feedback.userId}`;

const observationOf = (feedback: Feedback) => ({
  key: observationKey(feedback),
  patternId: feedback.patternId ?? '',
  action: feedback.action ?? MATCH_ACTION,
  success: feedback.verdict === 'good',
  weight: VERDICT_WEIGHT,
  resolutionMs: null,
  atMs: feedback.atMs,
});

async function undoEffect(ops: Ops, feedback: Feedback, actor: Actor): Promise<void> {
  if (feedback.meaning === 'alert') {
    await nudge(ops, feedback.subject, feedback.verdict === 'bad' ? 'good' : 'bad', 1, actor);
    return;
  }
  if (feedback.patternId !== null && (await ops.store.learning.remove(observationKey(feedback)))) await relearn(ops, feedback.patternId);
}

async function nudge(ops: Ops, incidentId: string | null, verdict: 'good' | 'bad', steps: number, actor: Actor): Promise<FeedbackReport['sensitivity']> {
  if (incidentId === null) return null;
  const anomalies = await ops.store.anomalies.ofIncident(incidentId);
  const keys = [...new Set(anomalies.flatMap((anomaly) => (anomaly.metric === null ? [] : [seriesKey(anomaly.metric)])))];
  const changes = [];
  for (const key of keys) changes.push(await nudgeSensitivity(ops, key, verdict, steps, actor));
  return changes[0] ?? null;
}

/** A false alarm is over, unless something already runs for it. */
async function closeFalseAlarm(ops: Ops, incidentId: string | null, actor: Actor): Promise<void> {
  if (incidentId === null) return;
  const nowMs = ops.clock.now();
  const from = LIVE_INCIDENT_STATES.filter((state) => state !== 'acting' && state !== 'verifying' && state !== 'planned');
  await ops.store.transaction(async (tx) => {
    const patch = { resolvedAtMs: nowMs, resolution: 'false_alarm' as const };
    const moved = await tx.incidents.move(incidentId, {
      from,
      to: 'resolved',
      patch,
      actor,
      verb: 'incident.resolved',
      detail: { resolution: 'false_alarm' },
      atMs: nowMs,
    });
    if (moved !== null) await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
  });
}
