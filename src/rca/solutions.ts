import type { ActionFacts } from '../domain/action.ts';
import { explain } from '../domain/explanation.ts';
import { MATCH_THRESHOLD } from '../domain/pattern.ts';
import type { Params } from '../domain/plan.ts';
import type { Solution } from '../domain/rca.ts';
import type { Resource } from '../domain/resource.ts';
import type { Risk } from '../domain/risk.ts';
import type { Ranked } from './candidate.ts';
import { isGeneric } from './causes.ts';
import { FITS, type Fit, kindsHelpedBy, LIMIT_KINDS } from './fits.ts';
import { distances } from './graph.ts';
import type { Prepared } from './prepare.ts';
import { sickZone } from './zone.ts';

/** One action that could help one candidate, before it is weighed. */
interface Option {
  readonly facts: ActionFacts;
  readonly target: Resource;
  readonly fit: number;
  readonly kind: string;
}

const RISK_COST: Readonly<Record<Risk, number>> = { low: 0, medium: 0.03, high: 0.06, critical: 0.12 };
const PRIOR = { least: 0.5, most: 0.85 }; // that an action helps against the kind of cause, by how well it fits
const PATTERN_FIT = 0.5; // an action that only a pattern suggests
const UNLISTED = 0.8; // patterns that look like this know what helped, and this was not among it
const LIMIT_REACHED = 0.4;
const MAX_SOLUTIONS = 10;

/**
 * What could be done, best first: actions of the catalogue only, on resources of the topology only, with the catalogue's own
 * parameters only. No text that was collected takes part. An action that already failed in this incident is left out.
 */
export function recommend(prepared: Prepared, ranked: readonly Ranked[]): readonly Solution[] {
  const best = new Map<string, Solution>();
  for (const { candidate, confidence } of ranked) {
    for (const option of optionsFor(prepared, candidate)) {
      const solution = weigh(prepared, option, confidence);
      const key = `${solution?.action}\u0000${solution?.targetId}`;
      if (solution !== null && solution.score > 0 && solution.score > (best.get(key)?.score ?? 0)) best.set(key, solution);
    }
  }
  const failed = failedBefore(prepared);
  return [...best.values()]
    .filter((solution) => !failed.has(`${solution.action}\u0000${solution.targetId}`))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_SOLUTIONS);
}

function optionsFor(prepared: Prepared, candidate: Ranked['candidate']): readonly Option[] {
  const strongest = Math.max(0.01, ...candidate.kinds.values());
  const options: Option[] = [];
  for (const [kind, strength] of candidate.kinds) {
    const main = kind === candidate.kind || (LIMIT_KINDS.has(kind) && strength > LIMIT_REACHED);
    const share = main ? 1 : (isGeneric(kind) ? 0.6 : 0.95) * Math.sqrt(Math.min(1, strength / strongest));
    for (const fit of FITS[kind] ?? []) {
      const facts = prepared.context.actions.find((action) => action.name === fit.action);
      const target = facts === undefined ? null : targetFor(prepared, candidate.resourceId, fit, facts);
      if (facts !== undefined && target !== null) options.push({ facts, target, kind, fit: fit.fit * share * (fit.generic ? 1 - 0.7 * candidate.changed : 1) });
    }
  }
  for (const name of suggested(prepared)) {
    const facts = prepared.context.actions.find((action) => action.name === name);
    const target = prepared.graph.resources.get(candidate.resourceId);
    const known = kindsHelpedBy(name).some((kind) => candidate.kinds.has(kind));
    if (facts !== undefined && target !== undefined && known && facts.targetKinds.includes(target.kind))
      options.push({ facts, target, kind: candidate.kind, fit: PATTERN_FIT });
  }
  return options;
}

/** Actions that matched patterns know. */
function suggested(prepared: Prepared): ReadonlySet<string> {
  const matched = new Set(prepared.context.matches.filter((match) => match.similarity >= MATCH_THRESHOLD).map((match) => match.patternId));
  return new Set(
    prepared.context.patterns.filter((pattern) => matched.has(pattern.pattern_id)).flatMap((pattern) => pattern.solutions.map((solution) => solution.action)),
  );
}

function targetFor(prepared: Prepared, resourceId: string, fit: Fit, facts: ActionFacts): Resource | null {
  const { graph } = prepared;
  const suits = (id: string): boolean => facts.targetKinds.includes(graph.resources.get(id)?.kind ?? '');
  const callers =
    fit.place === 'here' ? [] : [...distances(graph.victims, [resourceId])].filter(([, steps]) => fit.place === 'entry' || steps === 1).map(([id]) => id);
  const found = fit.place === 'callers' ? loudest(prepared, callers.filter(suits)) : [resourceId, ...callers].find(suits);
  const target = found === undefined ? undefined : graph.resources.get(found);
  if (target === undefined) return null;
  return facts.name === 'leave_zone' ? { ...target, zone: sickZone(prepared)?.zone ?? null } : target;
}

/** Of several callers the one that is most out of line itself. */
function loudest(prepared: Prepared, ids: readonly string[]): string | undefined {
  const loud = (id: string): number =>
    Math.max(0, ...(prepared.shiftsOf.get(id) ?? []).filter((shift) => shift.reading.causal > 0.5).map((shift) => shift.strength));
  return [...ids].sort((a, b) => loud(b) - loud(a))[0];
}

function weigh(prepared: Prepared, { facts, target, fit, kind }: Option, sure: number): Solution | null {
  const params = paramsFor(facts, target);
  if (params === null) return null;
  const proven = provenBy(prepared, facts.name);
  const unlisted = proven === null && suggested(prepared).size > 0;
  const prior = (PRIOR.least + (PRIOR.most - PRIOR.least) * fit) * (unlisted ? UNLISTED : 1);
  // A pattern knows the action over all causes that look like this, the table for this cause: the geometric mean lets either say no.
  const confidence = sure * (proven === null ? prior : Math.sqrt(prior * proven.confidence));
  const why =
    proven === null
      ? explain('rca.solution.fits', '{action} suits this kind of trouble ({kind}).', { action: facts.title, kind })
      : explain('rca.solution.proven', '{action} suits this kind of trouble ({kind}), and {pattern} puts its success at {percent}%.', {
          action: facts.title,
          kind,
          pattern: proven.patternId,
          percent: Math.round(proven.confidence * 100),
        });
  return {
    action: facts.name,
    targetId: target.id,
    params,
    risk: facts.risk,
    confidence,
    score: confidence * fit - RISK_COST[facts.risk],
    patternId: proven?.patternId ?? null,
    why,
  };
}

/** The catalogue's own parameters, checked by the catalogue's own schema; null when it has none that fit. */
function paramsFor(facts: ActionFacts, target: Resource): Params | null {
  const parsed = facts.params.safeParse(facts.defaults(target));
  return parsed.success ? parsed.data : null;
}

function provenBy(prepared: Prepared, action: string): { patternId: string; confidence: number } | null {
  let best: { patternId: string; confidence: number } | null = null;
  for (const match of prepared.context.matches) {
    if (match.similarity < MATCH_THRESHOLD) continue;
    const listed = prepared.context.patterns
      .find((pattern) => pattern.pattern_id === match.patternId)
      ?.solutions.find((solution) => solution.action === action);
    if (listed === undefined) continue;
    const confidence = prepared.context.posterior(match.patternId, action) ?? listed.confidence;
    if (confidence > (best?.confidence ?? 0)) best = { patternId: match.patternId, confidence };
  }
  return best;
}

function failedBefore(prepared: Prepared): ReadonlySet<string> {
  const { incident, pastIncidents } = prepared.context;
  const plans = pastIncidents.filter((past) => past.incident.id === incident?.id).flatMap((past) => past.plans);
  return new Set(plans.filter((plan) => plan.state === 'failed' || plan.state === 'rolled_back').map((plan) => `${plan.action}\u0000${plan.targetId}`));
}
