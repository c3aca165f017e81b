import { system } from '../../domain/actor.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Plan } from '../../domain/plan.ts';
import { questionOf } from '../analysis/gather.ts';
import { keepAnalysis } from '../analysis/keep.ts';
import { runAnalysis } from '../analysis/run.ts';
import type { Ops } from '../ops.ts';

const AGAIN_AFTER_MS = 50_000;
const LOOK_AGAIN_FOR_MS = 20 * 60_000; // the picture is complete by then
const SURE = 0.75;

/** Finds the root cause; while it is unsure and the trouble is young, looks again as more comes to light. */
export async function analyse(ops: Ops, incident: Incident): Promise<void> {
  const nowMs = ops.clock.now();
  const plans = incident.state === 'open' ? [] : await ops.store.plans.list({ incidentId: incident.id, limit: 20 });
  if (whyAnalyse(incident, plans, nowMs) === null) return;
  await keepAnalysis(ops, incident, await runAnalysis(ops, questionOf(incident, nowMs)), system('rca'));
}

/** Why an incident is (again) due for analysis; null: it is not. */
export function whyAnalyse(incident: Incident, plans: readonly Plan[], nowMs: number): 'new' | 'unsure' | null {
  const { analysis } = incident;
  if (analysis === null || incident.state === 'open') return 'new';
  if (plans.length > 0 || nowMs - incident.openedAtMs > LOOK_AGAIN_FOR_MS || nowMs - analysis.atMs < AGAIN_AFTER_MS) return null;
  return (analysis.hypotheses[0]?.confidence ?? 0) < SURE || analysis.solutions.length === 0 ? 'unsure' : null;
}
