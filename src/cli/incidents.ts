import { loadConfig, storeAddress } from '../config.ts';
import { OpsError } from '../domain/errors.ts';
import { type Incident, LIVE_INCIDENT_STATES } from '../domain/incident.ts';
import { requireSubject } from '../domain/names.ts';
import type { Store } from '../domain/store.ts';
import { openStore } from '../store/open.ts';

/** `opsloop incidents [id]`: lists the incidents (newest first), or shows one with its plans. */
export async function incidents(id: string | undefined, options: { readonly all?: boolean; readonly limit: number; readonly json?: boolean }): Promise<void> {
  const store = await openStore(storeAddress(loadConfig()));
  try {
    if (id !== undefined) return await showOne(store, requireSubject(id, 'incident').id, options.json === true);
    const found = await store.incidents.list({ ...(options.all === true ? {} : { states: LIVE_INCIDENT_STATES }), limit: options.limit });
    if (options.json === true) return void process.stdout.write(`${JSON.stringify(found)}\n`);
    for (const incident of found) process.stdout.write(`${line(incident)}\n`);
    if (found.length === 0)
      process.stdout.write(options.all === true ? 'There are no incidents yet.\n' : 'Nothing is open. "--all" shows those that are over.\n');
  } finally {
    await store.close();
  }
}

async function showOne(store: Store, id: string, json: boolean): Promise<void> {
  const incident = await store.incidents.get(id);
  if (incident === null) throw new OpsError('not_found', `There is no incident ${id}.`, '"opsloop incidents --all" lists them.');
  const [anomalies, plans] = await Promise.all([store.anomalies.ofIncident(id), store.plans.list({ incidentId: id, limit: 50 })]);
  if (json) return void process.stdout.write(`${JSON.stringify({ incident, anomalies, plans })}\n`);
  process.stdout.write(`${line(incident)}\n`);
  for (const anomaly of anomalies) process.stdout.write(`  saw    ${anomaly.explanation.text}\n`);
  if (incident.analysis !== null) process.stdout.write(`  cause  ${incident.analysis.summary.text}\n`);
  for (const plan of plans) process.stdout.write(`  plan   ${plan.id}  ${plan.state}  ${plan.action} on ${plan.targetId} (${plan.risk} risk)\n`);
}

const line = ({ id, state, openedAtMs, title }: Incident): string =>
  `${id.padEnd(8)} ${state.padEnd(10)} ${new Date(openedAtMs).toISOString().slice(0, 16)}Z  ${title}`;
