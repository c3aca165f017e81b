import { explain } from '../domain/explanation.ts';
import type { Evidence } from '../domain/rca.ts';
import type { Change } from '../domain/signals.ts';
import { span } from './evidence.ts';
import type { DimensionResult, Finding } from './finding.ts';
import { distances } from './graph.ts';
import type { Prepared } from './prepare.ts';

/** What speaks for and against one change, each 0..1. */
interface Weighing {
  readonly change: Change;
  readonly resourceId: string;
  readonly near: number; // in time
  readonly close: number; // in the graph
  readonly kind: number;
  readonly reach: number; // how much of the trouble depends on it
  readonly moved: number | null; // whether its own metrics moved; null: it has none
  readonly total: number;
}

const KIND_WEIGHT: Readonly<Record<Change['kind'], number>> = { deploy: 1, config: 0.95, infrastructure: 0.8, access: 0.8, scale: 0.6 };
const FADE_MS = 40 * 60_000; // a change this long before counts 1/e
const SLOW_FADE_MS = 8 * 3_600_000; // where the trouble grew slowly: leaks, disks, cost
const TOLERANCE_MS = 2 * 60_000; // clocks of sources differ
const MAX_FINDINGS = 20;
const INGRESS = ['vpc', 'security_group', 'sg'];

/** Who changed what shortly before. An own action of this bot is a change like any other. */
export function analyseChanges(prepared: Prepared): DimensionResult {
  const { context } = prepared;
  const findings: Finding[] = [];
  const against: Finding[] = [];
  const latest = latestPerThing(context.changes, context.subject.startedAtMs + TOLERANCE_MS);
  for (const change of latest.before) {
    const weighing = weigh(prepared, change);
    if (weighing === null) continue;
    if (weighing.moved !== null && weighing.moved < 0.15) against.push(innocent(weighing));
    else if (weighing.total > 0.03) findings.push(suspect(prepared, weighing));
  }
  for (const change of latest.after) {
    if (change.resourceId !== null && prepared.steps.has(change.resourceId)) against.push(tooLate(change, context.subject.startedAtMs));
  }
  const gaps =
    context.changes.length === 0 && context.gaps.every((gap) => gap.dimension !== 'change')
      ? [{ dimension: 'change' as const, reason: explain('rca.gap.no_changes', 'No changes are recorded for this time.') }]
      : [];
  findings.sort((a, b) => b.strength - a.strength);
  return { dimension: 'change', findings: findings.slice(0, MAX_FINDINGS), against: against.slice(0, MAX_FINDINGS), gaps };
}

/** The last change before the trouble and the first after it, for each resource and kind: a storm of changes is few suspects. */
function latestPerThing(changes: readonly Change[], untilMs: number): { before: readonly Change[]; after: readonly Change[] } {
  const before = new Map<string, Change>();
  const after = new Map<string, Change>();
  for (const change of [...changes].sort((a, b) => a.timestampMs - b.timestampMs)) {
    const key = `${change.resourceId ?? ''}\u0000${change.kind}`;
    if (change.timestampMs <= untilMs) before.set(key, change);
    else if (!after.has(key)) after.set(key, change);
  }
  return { before: [...before.values()], after: [...after.values()] };
}

function weigh(prepared: Prepared, change: Change): Weighing | null {
  const { context, graph, steps } = prepared;
  const { resourceId } = change;
  if (resourceId === null) return null;
  const shifts = prepared.shiftsOf.get(resourceId);
  const moved = shifts === undefined ? null : Math.max(0, ...shifts.filter((shift) => shift.reading.role !== 'requests').map((shift) => shift.strength));
  const slow = shifts?.some((shift) => (shift.ramp && shift.strength > 0.3) || (shift.reading.role === 'cost' && shift.strength > 0.3)) ?? false;
  const beforeMs = Math.max(0, context.subject.startedAtMs - change.timestampMs);
  const near = Math.exp(-beforeMs / (slow ? SLOW_FADE_MS : FADE_MS));
  const step = steps.get(resourceId);
  const close = step === undefined ? 0.15 : 1 / (1 + 0.15 * step);
  const depending = distances(graph.victims, [resourceId]);
  const touched = context.subject.resourceIds.filter((id) => depending.has(id)).length;
  const reach = 0.6 + 0.4 * (touched / Math.max(1, context.subject.resourceIds.length));
  const kind = KIND_WEIGHT[change.kind];
  return { change, resourceId, near, close, kind, reach, moved, total: near * close * kind * reach * (moved === null ? 0.7 : Math.min(1, 0.3 + moved)) };
}

function suspect(prepared: Prepared, weighing: Weighing): Finding {
  const { change, resourceId, total, reach } = weighing;
  const beforeMs = prepared.context.subject.startedAtMs - change.timestampMs;
  const params = { actor: change.actor, summary: change.summary, when: span(beforeMs) };
  const statement =
    beforeMs >= 0
      ? explain('rca.evidence.change', '{when} before the trouble, {actor}: {summary}.', params)
      : explain('rca.evidence.change_at_start', 'As the trouble began, {actor}: {summary}.', params);
  const evidence: Evidence[] = [{ dimension: 'change', supports: true, weight: total, statement, source: { type: 'change', changeId: change.id } }];
  if (reach > 0.99 && prepared.context.subject.resourceIds.length > 1) {
    const all = explain('rca.evidence.blast_radius', 'All {count} affected resources depend on {resource}.', {
      count: prepared.context.subject.resourceIds.length,
      resource: resourceId,
    });
    evidence.push({ dimension: 'change', supports: true, weight: total / 2, statement: all, source: { type: 'change', changeId: change.id } });
  }
  return { resourceId, kind: kindOf(prepared, change, resourceId), strength: total, evidence };
}

function kindOf(prepared: Prepared, change: Change, resourceId: string): string {
  if (change.kind === 'access' && INGRESS.includes(prepared.graph.resources.get(resourceId)?.kind ?? '')) return 'ingress';
  return change.kind;
}

function innocent({ change, resourceId }: Weighing): Finding {
  const statement = explain('rca.evidence.change_no_effect', '{resource} was changed ({summary}), but its own metrics did not move.', {
    resource: resourceId,
    summary: change.summary,
  });
  return {
    resourceId,
    kind: change.kind,
    strength: 0.8,
    evidence: [{ dimension: 'change', supports: false, weight: 0.8, statement, source: { type: 'change', changeId: change.id } }],
  };
}

function tooLate(change: Change, startedAtMs: number): Finding {
  const statement = explain('rca.evidence.change_too_late', '{summary} came {when} after the trouble began.', {
    summary: change.summary,
    when: span(change.timestampMs - startedAtMs),
  });
  const evidence: Evidence = { dimension: 'change', supports: false, weight: 0.7, statement, source: { type: 'change', changeId: change.id } };
  return { resourceId: change.resourceId ?? '', kind: change.kind, strength: 0.7, evidence: [evidence] };
}
