import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Pattern } from '../../domain/pattern.ts';
import type { PatternAnswer, PatternQuery } from '../../domain/requests.ts';
import { patternKey } from '../../pattern/archive-keys.ts';
import { draftFromIncident } from '../../pattern/draft.ts';
import { patternProblems } from '../../pattern/lint.ts';
import type { Ops } from '../ops.ts';
import { requireIncident } from './views.ts';

const SEARCH_TIMEOUT_MS = 5000;
const MOST_TEXT = 4000;

/** Text in, similar patterns out. */
export async function searchPatterns(ops: Ops, query: PatternQuery): Promise<PatternAnswer> {
  const text = query.text.trim().slice(0, MOST_TEXT);
  if (text === '') throw new OpsError('invalid_input', 'Say what to look for.', 'For example: pattern search RDS too many connections');
  const { limit = 5, categories } = query;
  return await ops.knowledge.search({ text, limit, ...(categories === undefined ? {} : { categories }) }, AbortSignal.timeout(SEARCH_TIMEOUT_MS));
}

export async function pattern(ops: Ops, id: string): Promise<Pattern> {
  const subject = requireSubject(id, 'pattern');
  const found = await ops.knowledge.get(subject.id);
  if (found !== null) return found;
  throw new OpsError('not_found', `There is no pattern ${subject.id}.`, 'Find it with "pattern search <words>".');
}

/** A draft out of a resolved incident, for a person to review. */
export async function draftPattern(ops: Ops, incidentId: string): Promise<Pattern> {
  const incident = await requireIncident(ops, requireSubject(incidentId, 'incident').id);
  if (incident.state !== 'resolved')
    throw new OpsError('conflict', `${incident.id} is not resolved yet.`, 'A pattern is made of what is known to have worked.');
  const [anomalies, plans, topology, patterns] = await Promise.all([
    ops.store.anomalies.ofIncident(incident.id),
    ops.store.plans.list({ incidentId: incident.id, limit: 20 }),
    ops.store.signals.topology(),
    ops.knowledge.list(),
  ]);
  return draftFromIncident({ id: nextId(patterns), incident, anomalies, plans, resources: topology.resources });
}

/** Saves a pattern that a person has reviewed: from now on it counts. */
export async function learn(ops: Ops, draft: Pattern, actor: Actor): Promise<Pattern> {
  if (personOf(actor) === null)
    throw new OpsError(
      'forbidden',
      'A person has to review a pattern before it counts.',
      'Use a token that belongs to a person, or "Save as pattern" in Slack.',
    );
  const problems = patternProblems(draft, new Set(ops.catalogue.map((facts) => facts.name)));
  if (problems.length > 0) throw new OpsError('invalid_input', `The pattern cannot be saved: ${problems[0]}`, 'Mend it and send it again.');
  const existing = await ops.knowledge.get(draft.pattern_id);
  const [saved] = await ops.knowledge.save([draft]);
  if (saved === undefined) throw new OpsError('unavailable', 'The knowledge base did not take the pattern.', 'Try again.');
  await ops.archive.put(patternKey(saved), `${JSON.stringify(saved, null, 2)}\n`);
  const nowMs = ops.clock.now();
  await ops.store.audit.append(
    { actor, verb: existing === null ? 'pattern.added' : 'pattern.changed', subject: saved.pattern_id, detail: { title: saved.title } },
    nowMs,
  );
  return saved;
}

function nextId(patterns: readonly Pattern[]): string {
  const numbers = patterns.map((one) => Number(/^PAT-(\d+)$/.exec(one.pattern_id)?.[1] ?? 0));
  return `PAT-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
}
