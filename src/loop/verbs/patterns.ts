import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import { MATCH_THRESHOLD, type Pattern } from '../../domain/pattern.ts';
import type { Duplicate, PatternAnswer, PatternQuery } from '../../domain/requests.ts';
import { patternKey } from '../../pattern/archive-keys.ts';
import { draftFromIncident } from '../../pattern/draft.ts';
import { nearDuplicates } from '../../pattern/duplicates.ts';
import { type KnownActions, patternProblems } from '../../pattern/lint.ts';
import { mergePatterns } from '../../pattern/merge.ts';
import { keepPatterns, withoutEmbedding } from '../learning/keep.ts';
import type { Ops } from '../ops.ts';
import { requireIncident } from './views.ts';

const SEARCH_TIMEOUT_MS = 5000;
const MOST_TEXT = 4000;
const MOST_DUPLICATES = 5;

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
  return draftFromIncident({ id: nextId(patterns), incident, anomalies, plans, resources: topology.resources, risks: risksOf(ops) });
}

/** Patterns that look like the same problem as this one, the likest first: offered for merging. */
export async function duplicates(ops: Ops, draft: Pattern): Promise<readonly Duplicate[]> {
  const text = [draft.title, ...draft.symptoms].join('. ').slice(0, MOST_TEXT);
  const [{ matches }, patterns] = await Promise.all([
    ops.knowledge.search({ text, limit: MOST_DUPLICATES }, AbortSignal.timeout(SEARCH_TIMEOUT_MS)),
    ops.knowledge.list(),
  ]);
  const found = new Map(nearDuplicates(draft, patterns).map((one) => [one.patternId, one]));
  for (const { patternId, title, similarity } of matches) {
    if (similarity <= MATCH_THRESHOLD || patternId === draft.pattern_id || found.has(patternId)) continue;
    found.set(patternId, { patternId, title, likeness: Math.round(similarity * 100) / 100 });
  }
  return [...found.values()].sort((a, b) => b.likeness - a.likeness).slice(0, MOST_DUPLICATES);
}

/** Saves a pattern that a person has reviewed, or adds it to the one it is merged into: from now on it counts. */
export async function learn(ops: Ops, draft: Pattern, actor: Actor, mergeInto: string | null = null): Promise<Pattern> {
  if (personOf(actor) === null)
    throw new OpsError(
      'forbidden',
      'A person has to review a pattern before it counts.',
      'Use a token that belongs to a person, or "Save as pattern" in Slack.',
    );
  const problems = patternProblems(draft, risksOf(ops));
  if (problems.length > 0) throw new OpsError('invalid_input', `The pattern cannot be saved: ${problems[0]}`, 'Mend it and send it again.');
  const record = mergeInto === null ? draft : mergePatterns(await pattern(ops, mergeInto), draft);
  if (mergeInto === null) await requireOwnTitle(ops, draft);
  const [saved] = await keepPatterns(ops, [{ record: withoutEmbedding(record), actor, reason: mergeInto === null ? 'written' : 'merged' }]);
  if (saved === undefined) throw new OpsError('unavailable', 'The knowledge base did not take the pattern.', 'Try again.');
  return saved;
}

/** The archive goes by titles: two patterns of one title would overwrite each other there. */
async function requireOwnTitle(ops: Ops, draft: Pattern): Promise<void> {
  const same = (await ops.knowledge.list()).find((one) => one.pattern_id !== draft.pattern_id && patternKey(one) === patternKey(draft));
  if (same === undefined) return;
  throw new OpsError(
    'conflict',
    `${same.pattern_id} has the same title: ${same.title}.`,
    `Merge the two (merge_into ${same.pattern_id}), or give yours another title.`,
  );
}

const risksOf = (ops: Ops): KnownActions => new Map(ops.catalogue.map((facts) => [facts.name, facts.risk]));

function nextId(patterns: readonly Pattern[]): string {
  const numbers = patterns.map((one) => Number(/^PAT-(\d+)$/.exec(one.pattern_id)?.[1] ?? 0));
  return `PAT-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
}
