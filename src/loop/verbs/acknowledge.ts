import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { type Incident, LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Repositories, Silence } from '../../domain/store.ts';
import { breathe } from '../breathe.ts';
import type { Ops } from '../ops.ts';
import { stormRecord } from '../storms.ts';
import { requireIncident } from './views.ts';

/** Somebody looks at it: shown on the card, reminders stop. */
export async function acknowledge(ops: Ops, incidentId: string, actor: Actor): Promise<Incident> {
  const userId = personOf(actor);
  if (userId === null) throw new OpsError('forbidden', 'Only a person can acknowledge an incident.');
  const incident = await requireIncident(ops, requireSubject(incidentId, 'incident').id);
  if (!LIVE_INCIDENT_STATES.includes(incident.state))
    throw new OpsError('conflict', `${incident.id} is over already (${incident.state}).`, 'Nothing to acknowledge.');
  if (incident.acknowledgedBy === userId) return incident;
  const nowMs = ops.clock.now();
  return await ops.store.transaction(async (tx) => {
    const patched = await tx.incidents.patch(incident.id, { acknowledgedBy: userId }, { actor, verb: 'incident.acknowledged', detail: {} }, nowMs);
    if (patched === null) throw new OpsError('not_found', `There is no incident ${incident.id}.`);
    await tx.outbox.add({ type: 'incident', incidentId: incident.id }, nowMs);
    return patched;
  });
}

const STORM_SLICE = 20; // one transaction each: a storm may hold hundreds

/** Somebody looks at all of a storm: shown on its card, and the reminders of each of its incidents stop. */
export async function acknowledgeStorm(ops: Pick<Ops, 'store' | 'clock'>, stormId: string, actor: Actor): Promise<readonly Incident[]> {
  const userId = personOf(actor);
  if (userId === null) throw new OpsError('forbidden', 'Only a person can acknowledge an incident.');
  const storm = await stormRecord(ops.store, stormId.trim().toUpperCase());
  if (storm === null) throw new OpsError('not_found', `There is no storm ${stormId.trim().slice(0, 40)}.`, 'Type "status" to see the open incidents.');
  const nowMs = ops.clock.now();
  const taken: Incident[] = [];
  for (let from = 0; from < storm.incidentIds.length; from += STORM_SLICE) {
    await breathe();
    const slice = await ops.store.transaction((tx) => takeSlice(tx, storm.incidentIds.slice(from, from + STORM_SLICE), { actor, userId, nowMs }));
    taken.push(...slice);
  }
  if (taken.length === 0) throw new OpsError('conflict', `Nothing of ${storm.id} waits for somebody.`, 'Nothing to acknowledge.');
  await ops.store.outbox.add({ type: 'storm', stormId: storm.id }, nowMs);
  return taken;
}

interface By {
  readonly actor: Actor;
  readonly userId: string;
  readonly nowMs: number;
}

async function takeSlice(tx: Repositories, ids: readonly string[], { actor, userId, nowMs }: By): Promise<readonly Incident[]> {
  const taken: Incident[] = [];
  for (const id of ids) {
    const incident = await tx.incidents.get(id);
    if (incident === null || incident.acknowledgedBy !== null || !LIVE_INCIDENT_STATES.includes(incident.state)) continue;
    const patched = await tx.incidents.patch(id, { acknowledgedBy: userId }, { actor, verb: 'incident.acknowledged', detail: {} }, nowMs);
    if (patched !== null) taken.push(patched);
  }
  return taken;
}

const LONGEST_SILENCE_MS = 30 * 24 * 3_600_000;

/** No new cards about a resource for a while. It is still watched. */
export async function silence(ops: Ops, resource: string, durationMs: number, reason: string, actor: Actor): Promise<Silence> {
  if (personOf(actor) === null) throw new OpsError('forbidden', 'Only a person can silence a resource.');
  if (!(durationMs >= 60_000 && durationMs <= LONGEST_SILENCE_MS))
    throw new OpsError('invalid_input', 'A silence lasts from 1 minute to 30 days.', 'Write it like "silence ecs/checkout 2h".');
  const wanted = resource.normalize('NFKC').trim().toLowerCase();
  const { resources } = await ops.store.signals.topology();
  const fits = resources.filter((one) => one.id.toLowerCase() === wanted || one.name.toLowerCase() === wanted);
  const [target] = fits;
  if (target === undefined)
    throw new OpsError('not_found', `There is no resource "${resource.trim().slice(0, 60)}".`, 'Use a name the cards show, such as ecs/checkout.');
  if (fits.length > 1)
    throw new OpsError(
      'conflict',
      `"${wanted}" fits several resources.`,
      `Say which: ${fits
        .slice(0, 5)
        .map((one) => one.id)
        .join(', ')}.`,
    );
  const nowMs = ops.clock.now();
  const entry: Silence = { resourceId: target.id, untilMs: nowMs + durationMs, by: actor, reason: reason.trim().slice(0, 500), atMs: nowMs };
  await ops.store.silences.put(entry);
  return entry;
}
