import type { Incident } from '../domain/incident.ts';
import type { Quiet, StormRecord } from '../domain/quiet.ts';
import type { Repositories } from '../domain/store.ts';
import type { StormView } from '../domain/views.ts';

const HOUR_MS = 3_600_000;
const MEMBERS_MAX = 500;
const SHOWN_MAX = 60;
const EVERYTHING = '*';

/**
 * Whether a new incident gets a card of its own (null), or shares the card of a storm (its id): at most so many cards an hour a
 * service, and over all. Called in the transaction that opens the incident, so that a crash leaves both or neither.
 */
export async function admit(tx: Repositories, incident: Incident, quiet: Quiet, nowMs: number): Promise<string | null> {
  const { service } = incident;
  const ofService = service === null ? null : await recentCards(tx, service, nowMs);
  const ofAll = await recentCards(tx, EVERYTHING, nowMs);
  if (ofService !== null && ofService.length >= quiet.cardsPerServiceAnHour) return await join(tx, service, incident, nowMs);
  if (ofAll.length >= quiet.cardsAnHour) return await join(tx, null, incident, nowMs);
  if (service !== null && ofService !== null) await tx.settings.set(`cards:${service}`, JSON.stringify([...ofService, nowMs]), nowMs);
  await tx.settings.set(`cards:${EVERYTHING}`, JSON.stringify([...ofAll, nowMs]), nowMs);
  return null;
}

async function recentCards(tx: Repositories, scope: string, nowMs: number): Promise<number[]> {
  const text = await tx.settings.get(`cards:${scope}`);
  return text === null ? [] : (JSON.parse(text) as number[]).filter((atMs) => nowMs - atMs < HOUR_MS);
}

/** A storm lasts until nothing has joined it for an hour; then the next one has a card of its own. */
async function join(tx: Repositories, service: string | null, incident: Incident, nowMs: number): Promise<string> {
  const scope = service ?? EVERYTHING;
  const now = await tx.settings.get(`storm-now:${scope}`);
  const going = now === null ? null : await stormRecord(tx, now);
  const fresh = going === null || nowMs - going.lastAtMs >= HOUR_MS || going.incidentIds.length >= MEMBERS_MAX;
  const before: StormRecord = fresh
    ? { id: `STORM-${incident.id.slice(4)}`, service, openedAtMs: nowMs, lastAtMs: nowMs, incidentIds: [] }
    : (going as StormRecord);
  const storm: StormRecord = { ...before, lastAtMs: nowMs, incidentIds: [...before.incidentIds, incident.id] };
  await tx.settings.set(`storm:${storm.id}`, JSON.stringify(storm), nowMs);
  await tx.settings.set(`storm-now:${scope}`, storm.id, nowMs);
  await tx.settings.set(`storm-of:${incident.id}`, storm.id, nowMs);
  return storm.id;
}

/** The storm whose card shows this incident; null when it has one of its own. */
export const stormOf = (store: Repositories, incidentId: string): Promise<string | null> => store.settings.get(`storm-of:${incidentId}`);

export async function stormRecord(store: Repositories, id: string): Promise<StormRecord | null> {
  const text = await store.settings.get(`storm:${id}`);
  return text === null ? null : (JSON.parse(text) as StormRecord);
}

/** What the card of a storm shows. Of very many incidents only the newest are read; the record counts them all. */
export async function stormView(store: Repositories, id: string): Promise<StormView | null> {
  const storm = await stormRecord(store, id);
  if (storm === null) return null;
  const incidents: Incident[] = [];
  for (const incidentId of storm.incidentIds.slice(-SHOWN_MAX)) {
    const incident = await store.incidents.get(incidentId);
    if (incident !== null) incidents.push(incident);
  }
  const members = new Set(storm.incidentIds);
  const plans = await store.plans.list({ states: ['awaiting_approval', 'notified'], limit: 200 });
  return { storm, incidents, waiting: plans.filter((plan) => plan.incidentId !== null && members.has(plan.incidentId)) };
}
