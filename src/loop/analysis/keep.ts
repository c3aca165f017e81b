import { findAction } from '../../action/catalogue/index.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Analysis } from '../../domain/rca.ts';
import { runbookKey } from '../../pattern/archive-keys.ts';
import { runbookFor } from '../../rca/runbook.ts';
import type { Ops } from '../ops.ts';

/**
 * Files an analysis with its incident, saves the runbook in the archive, and shows both; the runbook is attached in the thread
 * once. An incident that has moved on keeps its state.
 */
export async function keepAnalysis(ops: Ops, incident: Incident, analysis: Analysis, actor: Actor): Promise<Incident> {
  const solution = analysis.solutions[0] ?? null;
  const runbook = runbookFor(incident, analysis, solution, solution === null ? null : findAction(solution.action));
  await ops.archive.put(runbookKey(runbook.slug), runbook.markdown);
  const nowMs = ops.clock.now();
  const detail = { cause: analysis.hypotheses[0]?.resourceId ?? null, confidence: analysis.hypotheses[0]?.confidence ?? null };
  return await ops.store.transaction(async (tx) => {
    const patch = { analysis, runbookSlug: runbook.slug };
    const moved =
      (await tx.incidents.move(incident.id, { from: ['open'], to: 'analysed', patch, actor, verb: 'incident.analysed', detail, atMs: nowMs })) ??
      (await tx.incidents.patch(incident.id, patch, { actor, verb: 'incident.reanalysed', detail }, nowMs));
    await tx.outbox.add({ type: 'incident', incidentId: incident.id }, nowMs);
    if (incident.runbookSlug === null && solution !== null) await tx.outbox.add({ type: 'runbook', incidentId: incident.id, slug: runbook.slug }, nowMs);
    return moved ?? incident;
  });
}
