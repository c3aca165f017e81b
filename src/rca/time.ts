import { explain } from '../domain/explanation.ts';
import { metricEvidence, span } from './evidence.ts';
import type { DimensionResult, Finding } from './finding.ts';
import type { Prepared } from './prepare.ts';
import type { Shift } from './shift.ts';

/** When a resource first left its usual ways. */
interface FirstMove {
  readonly resourceId: string;
  readonly atMs: number;
  readonly shift: Shift;
}

const MIN_STRENGTH = 0.4; // weaker movements have no onset worth comparing
const MIN_BEFORE_POINTS = 20;
const FULL_LEAD_MS = 5 * 60_000;
const ROLE_DAYS = new Set(['requests', 'network', 'other']); // these move for many reasons

/**
 * What moved first. A resource that moved clearly before the subject's first symptom is more likely the cause, one that moved
 * clearly after it less: both are hints, for causes and effects are often in the same minute.
 */
export function analyseTime(prepared: Prepared): DimensionResult {
  const { subject } = prepared.context;
  const moves = firstMoves(prepared);
  const gaps =
    prepared.context.series.length > 0 && shortHistory(prepared)
      ? [{ dimension: 'time' as const, reason: explain('rca.gap.short_history', 'Too little history before the trouble to say what is usual.') }]
      : [];
  const symptomMs = Math.min(...moves.filter((move) => subject.resourceIds[0] === move.resourceId).map((move) => move.atMs), subject.nowMs);
  if (moves.length < 2) return { dimension: 'time', findings: [], against: [], gaps };
  const first = moves[0];
  const findings: Finding[] = [];
  const against: Finding[] = [];
  for (const move of moves) {
    const slackMs = 2 * move.shift.series.periodMs;
    const leadMs = symptomMs - move.atMs;
    const afterFirstMs = move.atMs - (first?.atMs ?? move.atMs);
    if (leadMs > slackMs / 2 && afterFirstMs <= slackMs) findings.push(lead(prepared, move, leadMs));
    else if (afterFirstMs > slackMs + FULL_LEAD_MS && first !== undefined) against.push(lag(prepared, move, first, afterFirstMs));
  }
  return { dimension: 'time', findings, against, gaps };
}

function firstMoves(prepared: Prepared): readonly FirstMove[] {
  const moves: FirstMove[] = [];
  for (const [resourceId, shifts] of prepared.shiftsOf) {
    if (!prepared.steps.has(resourceId)) continue;
    let first: FirstMove | null = null;
    for (const shift of shifts) {
      if (shift.onsetMs === null || shift.strength < MIN_STRENGTH || ROLE_DAYS.has(shift.reading.role)) continue;
      if (first === null || shift.onsetMs < first.atMs) first = { resourceId, atMs: shift.onsetMs, shift };
    }
    if (first !== null) moves.push(first);
  }
  return moves.sort((a, b) => a.atMs - b.atMs);
}

function shortHistory(prepared: Prepared): boolean {
  const { series, subject } = prepared.context;
  return series.every((item) => item.points.filter((point) => point.timestampMs < subject.startedAtMs).length < MIN_BEFORE_POINTS);
}

function lead(prepared: Prepared, move: FirstMove, leadMs: number): Finding {
  const strength = Math.min(1, leadMs / FULL_LEAD_MS) * move.shift.strength;
  const statement = explain('rca.evidence.moved_first', '{metric} of {resource} moved {lead} before the first symptom.', {
    metric: move.shift.series.ref.name,
    resource: move.resourceId,
    lead: span(leadMs),
  });
  return {
    resourceId: move.resourceId,
    kind: null,
    strength,
    evidence: [metricEvidence('time', strength, move.shift.series, prepared.context.subject, statement)],
    backs: true,
  };
}

function lag(prepared: Prepared, move: FirstMove, first: FirstMove, lagMs: number): Finding {
  const strength = Math.min(1, lagMs / (4 * FULL_LEAD_MS)) * 0.8;
  const statement = explain('rca.evidence.moved_later', '{resource} moved only {lag} after {first}.', {
    resource: move.resourceId,
    lag: span(lagMs),
    first: first.resourceId,
  });
  const evidence = { ...metricEvidence('time', strength, move.shift.series, prepared.context.subject, statement), supports: false };
  return { resourceId: move.resourceId, kind: null, strength, evidence: [evidence] };
}
