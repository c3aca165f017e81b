import type { Evidence } from '../domain/rca.ts';
import { isGeneric } from './causes.ts';
import type { DimensionResult, Finding } from './finding.ts';
import { clamp01, noisyOr } from './stats.ts';

/** One resource as a possible cause, with all that was found on it. */
export interface Candidate {
  readonly resourceId: string;
  readonly kind: string; // the most telling one
  readonly kinds: ReadonlyMap<string, number>; // how strongly each kind shows, 0..1
  readonly changed: number; // how much a change on it explains, 0..1
  readonly score: number; // 0..1, before candidates are compared
  readonly evidence: readonly Evidence[];
}

/** A candidate and how sure we are that it is the cause. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly confidence: number;
}

const WEIGHTS = { own: 0.92, change: 0.6, backing: 0.2, time: 0.2, history: 0.25 };
const BLIND = 0.35; // what a change counts on a resource that has no metrics
const CHANGE_WINS = 0.3;
const TELLING: ReadonlySet<string> = new Set(['deploy', 'config', 'scale', 'access', 'ingress']); // kinds of change that are a cause by themselves
const MAX_EVIDENCE = 30;

/** Puts the findings of all dimensions together by resource. Backing never makes a candidate; counter-evidence lowers one. */
export function candidatesOf(results: readonly DimensionResult[]): readonly Candidate[] {
  const findings = results.flatMap((result) => result.findings.map((finding) => ({ finding, dimension: result.dimension })));
  const against = results.flatMap((result) => result.against);
  const ids = new Set(findings.flatMap(({ finding }) => (finding.backs === true || finding.resourceId === null ? [] : [finding.resourceId])));
  return [...ids].map((id) => candidateOf(id, findings, against)).sort((a, b) => b.score - a.score);
}

type Sourced = { readonly finding: Finding; readonly dimension: DimensionResult['dimension'] };

function candidateOf(resourceId: string, all: readonly Sourced[], against: readonly Finding[]): Candidate {
  const mine = all.filter(({ finding }) => finding.resourceId === resourceId);
  const makers = mine.filter(({ finding, dimension }) => finding.backs !== true && dimension !== 'change').map(({ finding }) => finding);
  const changes = mine.filter(({ dimension }) => dimension === 'change').map(({ finding }) => finding);
  const kinds = strongest(makers);
  const own = ownStrength(kinds);
  const gate = clamp01(1.5 * Math.max(own, makers.length === 0 ? BLIND / 2 : 0));
  const change = changes.reduce<Finding | null>((best, finding) => (best === null || finding.strength > best.strength ? finding : best), null);
  const changed = (change?.strength ?? 0) * gate;
  if (change?.kind != null && changed > 0) kinds.set(change.kind, Math.max(kinds.get(change.kind) ?? 0, changed));
  const backing = all.filter(
    ({ finding }) => finding.backs === true && (finding.resourceId ?? resourceId) === resourceId && (finding.kind === null || kinds.has(finding.kind)),
  );
  const support = (dimension: Sourced['dimension']): number =>
    noisyOr(...backing.filter((item) => item.dimension === dimension).map((item) => item.finding.strength)) * gate;
  const kind = mainKind(kinds, backing, change, changed);
  const speaking = against.filter((finding) => finding.resourceId === resourceId && (finding.kind === null || finding.kind === kind));
  const score =
    noisyOr(
      WEIGHTS.own * own,
      WEIGHTS.change * changed,
      WEIGHTS.backing * support('resource'),
      WEIGHTS.time * support('time'),
      WEIGHTS.history * support('history'),
    ) * speaking.reduce((left, finding) => left * (1 - 0.35 * finding.strength), 1);
  const evidence = [
    ...mine.map(({ finding }) => finding),
    ...backing.map(({ finding }) => finding),
    ...against.filter((finding) => finding.resourceId === resourceId),
  ];
  return { resourceId, kind, kinds, changed, score, evidence: distinct(evidence.flatMap((finding) => finding.evidence)) };
}

function strongest(findings: readonly Finding[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const { kind, strength } of findings) if (kind !== null) kinds.set(kind, Math.max(kinds.get(kind) ?? 0, strength));
  return kinds;
}

/** What users feel and what is short on the same resource are two views of one trouble: each adds, neither counts twice. */
function ownStrength(kinds: ReadonlyMap<string, number>): number {
  let generic = 0;
  let specific = 0;
  for (const [kind, strength] of kinds) {
    if (isGeneric(kind)) generic = Math.max(generic, strength);
    else specific = Math.max(specific, strength);
  }
  return noisyOr(generic, specific * 0.9);
}

function mainKind(kinds: ReadonlyMap<string, number>, backing: readonly Sourced[], change: Finding | null, changed: number): string {
  if (change?.kind != null && TELLING.has(change.kind) && changed >= CHANGE_WINS) return change.kind;
  let best = 'unknown';
  let most = 0;
  for (const [kind, strength] of kinds) {
    if (kind === change?.kind && TELLING.has(kind)) continue;
    const backed = noisyOr(...backing.filter(({ finding }) => finding.kind === kind).map(({ finding }) => finding.strength * 0.3));
    const weight = strength * (isGeneric(kind) ? 0.55 : 1) + backed * 0.5;
    if (weight > most) [best, most] = [kind, weight];
  }
  return best;
}

/** Heaviest first, the same statement once, at least the heaviest counter-evidence kept. */
function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  const once = evidence.filter((item) => {
    const key = `${item.statement.text}\u0000${item.source.type}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const sorted = once.sort((a, b) => b.weight - a.weight);
  const counter = sorted.filter((item) => !item.supports).slice(0, 5);
  const support = sorted.filter((item) => item.supports).slice(0, MAX_EVIDENCE - counter.length);
  return [...support, ...counter];
}
