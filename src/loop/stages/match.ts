import { system } from '../../domain/actor.ts';
import type { Incident } from '../../domain/incident.ts';
import { MATCH_THRESHOLD } from '../../domain/pattern.ts';
import { describeTrouble } from '../../pattern/describe.ts';
import type { Ops } from '../ops.ts';

const SEARCH_TIMEOUT_MS = 5000;
const LOOK_AGAIN_FOR_MS = 20 * 60_000;
const LOGS_BEFORE_MS = 10 * 60_000;
const MOST_MATCHES = 3;

/** Looks for patterns that resemble the incident; again while it is young and more has come to light. */
export async function match(ops: Ops, incident: Incident): Promise<void> {
  const nowMs = ops.clock.now();
  if (!isDue(incident, nowMs)) return;
  const text = await describe(ops, incident, nowMs);
  const { matches, source } = await ops.knowledge.search({ text, limit: MOST_MATCHES }, AbortSignal.timeout(SEARCH_TIMEOUT_MS));
  const found = matches.filter((one) => one.similarity >= MATCH_THRESHOLD);
  const known = incident.matches.map((one) => one.patternId).join();
  const same = incident.matchedAtMs !== null && found.map((one) => one.patternId).join() === known;
  const audit = same ? null : { actor: system('knowledge'), verb: 'incident.matched', detail: { patterns: found.map((one) => one.patternId), source } };
  await ops.store.transaction(async (tx) => {
    await tx.incidents.patch(incident.id, { matches: [...found], matchedAtMs: nowMs, knowledgeSource: source }, audit, nowMs);
    if (!same) await tx.outbox.add({ type: 'incident', incidentId: incident.id }, nowMs);
  });
}

function isDue(incident: Incident, nowMs: number): boolean {
  if (incident.matchedAtMs === null) return true;
  const young = nowMs - incident.openedAtMs <= LOOK_AGAIN_FOR_MS && (incident.state === 'open' || incident.state === 'analysed');
  return young && incident.updatedAtMs > incident.matchedAtMs;
}

async function describe(ops: Ops, incident: Incident, nowMs: number): Promise<string> {
  const [anomalies, topology, logs] = await Promise.all([
    ops.store.anomalies.ofIncident(incident.id),
    ops.store.signals.topology(),
    ops.store.signals.logs({ window: { fromMs: incident.startedAtMs - LOGS_BEFORE_MS, toMs: nowMs }, resourceIds: incident.resourceIds, limit: 500 }),
  ]);
  const errors = logs.filter((line) => line.level === 'error' || line.level === 'fatal');
  return describeTrouble(anomalies, topology.resources, errors.length > 0 ? errors : logs.filter((line) => line.level === 'warn'));
}
