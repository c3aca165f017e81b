import { OpsError, toOpsError } from '../domain/errors.ts';
import type { Incident, IncidentState } from '../domain/incident.ts';
import { breathe } from './breathe.ts';
import type { Ops } from './ops.ts';

/** A step of the closed loop: over the whole account, or over each incident that is due for it. */
export type Stage = AccountStage | IncidentStage;
interface AccountStage {
  readonly name: string;
  readonly run: (ops: Ops) => Promise<void>;
}
interface IncidentStage {
  readonly name: string;
  readonly states: readonly IncidentState[];
  readonly each: (ops: Ops, incident: Incident) => Promise<void>;
}

const MOST_INCIDENTS = 500; // a tick looks at so many of a state
const MOST_ATTEMPTS = 5;
const FIRST_RETRY_MS = 60_000;

export async function runStage(ops: Ops, stage: Stage): Promise<void> {
  if ('run' in stage) return await stage.run(ops);
  for (const incident of await ops.store.incidents.list({ states: stage.states, limit: MOST_INCIDENTS })) {
    await runOnIncident(ops, stage, incident);
    await breathe();
  }
}

/** One incident's failure is its own: tried again with back-off, shown on its card when it goes on failing. */
async function runOnIncident(ops: Ops, stage: IncidentStage, incident: Incident): Promise<void> {
  const { store, clock } = ops;
  const before = await store.attempts.get(incident.id, stage.name);
  if (before !== null && (before.attempts >= MOST_ATTEMPTS || clock.now() < before.nextAtMs)) return;
  try {
    await ops.step(stage.name, { stage: stage.name, incident: incident.id }, () => stage.each(ops, incident));
    if (before === null) return;
    await store.attempts.clear(incident.id, stage.name);
    if (incident.failedStage?.stage === stage.name) await showFailure(ops, incident.id, null);
  } catch (thrown) {
    const attempts = (before?.attempts ?? 0) + 1;
    const error = toOpsError(thrown).message.slice(0, 500);
    ops.health.errors += 1;
    ops.health.lastError = `${stage.name}: ${error}`;
    ops.log.error({ stage: stage.name, incident: incident.id, attempts, err: thrown }, 'a stage failed on an incident');
    await store.attempts.put(incident.id, { stage: stage.name, attempts, nextAtMs: clock.now() + FIRST_RETRY_MS * 2 ** (attempts - 1), error });
    if (attempts >= 2) await showFailure(ops, incident.id, { stage: stage.name, error, attempts });
  }
}

async function showFailure(ops: Ops, incidentId: string, failedStage: Incident['failedStage']): Promise<void> {
  const nowMs = ops.clock.now();
  await ops.store.transaction(async (tx) => {
    const verb = failedStage === null ? 'incident.stage_recovered' : 'incident.stage_failed';
    const found = await tx.incidents.patch(
      incidentId,
      { failedStage },
      { actor: { type: 'system', component: 'loop' }, verb, detail: { ...failedStage } },
      nowMs,
    );
    if (found === null) throw new OpsError('not_found', `There is no incident ${incidentId}.`);
    await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
  });
}
