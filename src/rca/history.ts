import { explain } from '../domain/explanation.ts';
import { MATCH_THRESHOLD, type Pattern, type PatternMatch } from '../domain/pattern.ts';
import type { Evidence } from '../domain/rca.ts';
import type { PastIncident } from './context.ts';
import type { DimensionResult, Finding } from './finding.ts';
import { kindsHelpedBy } from './fits.ts';
import type { Prepared } from './prepare.ts';

const DAY_MS = 86_400_000;
const FADE_MS = 90 * DAY_MS;
const MAX_PAST = 5;

/** What solved this before: matched patterns speak for kinds of cause, past incidents on the same resources for their cause. */
export function analyseHistory(prepared: Prepared): DimensionResult {
  const { context } = prepared;
  const records = new Map(context.patterns.map((pattern) => [pattern.pattern_id, pattern]));
  const findings: Finding[] = [];
  for (const match of context.matches) {
    const record = records.get(match.patternId);
    if (match.similarity >= MATCH_THRESHOLD && record !== undefined) findings.push(...fromPattern(prepared, match, record));
  }
  const against: Finding[] = [];
  const others = context.pastIncidents.filter(({ incident }) => incident.id !== context.incident?.id);
  const past = others
    .filter(({ incident }) => incident.analysis !== null && incident.openedAtMs < context.subject.nowMs)
    .map((item) => ({ item, alike: likeness(prepared, item) }))
    .filter(({ alike }) => alike > 0.1)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, MAX_PAST);
  for (const { item, alike } of past) {
    const finding = fromPast(item, alike);
    if (finding !== null) (finding.evidence[0]?.supports === false ? against : findings).push(finding);
  }
  const nothing = context.matches.length === 0 && others.length === 0 && context.gaps.every((gap) => gap.dimension !== 'history');
  const gaps = nothing
    ? [{ dimension: 'history' as const, reason: explain('rca.gap.no_history', 'No pattern and no past incident is on file for this.') }]
    : [];
  return { dimension: 'history', findings, against, gaps };
}

/** A pattern says nothing of where: it supports each kind its best solutions suit, on any resource that shows that kind. */
function fromPattern(prepared: Prepared, match: PatternMatch, record: Pattern): readonly Finding[] {
  const kinds = new Map<string, number>();
  for (const solution of record.solutions) {
    const confidence = prepared.context.posterior(match.patternId, solution.action) ?? solution.confidence;
    for (const kind of kindsHelpedBy(solution.action)) kinds.set(kind, Math.max(kinds.get(kind) ?? 0, confidence * match.similarity));
  }
  const statement = explain('rca.evidence.pattern', 'It looks like {pattern} {title} ({percent}% alike).', {
    pattern: match.patternId,
    title: match.title,
    percent: Math.round(match.similarity * 100),
  });
  return [...kinds].map(([kind, strength]) => {
    const evidence: Evidence = { dimension: 'history', supports: true, weight: strength, statement, source: { type: 'pattern', patternId: match.patternId } };
    return { resourceId: null, kind, strength, evidence: [evidence], backs: true };
  });
}

/** How much of the affected resources the two share, less for what is long ago. */
function likeness(prepared: Prepared, { incident }: PastIncident): number {
  const { subject } = prepared.context;
  const theirs = new Set(incident.resourceIds);
  const shared = subject.resourceIds.filter((id) => theirs.has(id)).length;
  const all = theirs.size + subject.resourceIds.length - shared;
  const ageMs = Math.max(0, subject.nowMs - incident.openedAtMs);
  return all === 0 ? 0 : (shared / all) * Math.exp(-ageMs / FADE_MS);
}

/** A verified fix confirms the cause that was named then; a false alarm speaks against it; anything else proves little. */
function fromPast({ incident, plans }: PastIncident, alike: number): Finding | null {
  const cause = incident.analysis?.hypotheses[0];
  if (cause === undefined) return null;
  const verified = plans.find((plan) => plan.outcome?.verified === true && plan.outcome.result === 'succeeded');
  const source = { type: 'incident' as const, incidentId: incident.id };
  const params = { incident: incident.id, action: verified?.action ?? '', resource: cause.resourceId };
  if (incident.resolution === 'false_alarm') {
    const statement = explain('rca.evidence.past_false_alarm', '{incident} on the same resources was a false alarm.', params);
    return {
      resourceId: cause.resourceId,
      kind: cause.kind,
      strength: alike * 0.4,
      evidence: [{ dimension: 'history', supports: false, weight: alike * 0.4, statement, source }],
    };
  }
  const strength = alike * (verified === undefined ? 0.25 : 0.8);
  const statement =
    verified === undefined
      ? explain('rca.evidence.past_similar', '{incident} on the same resources named {resource} as the cause.', params)
      : explain('rca.evidence.past_fixed', '{incident} on the same resources was fixed by {action} on {resource}.', { ...params, resource: verified.targetId });
  return {
    resourceId: cause.resourceId,
    kind: cause.kind,
    strength,
    evidence: [{ dimension: 'history', supports: true, weight: strength, statement, source }],
    backs: true,
  };
}
