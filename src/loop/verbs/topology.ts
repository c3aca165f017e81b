import { OpsError } from '../../domain/errors.ts';
import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import { parseSubject } from '../../domain/names.ts';
import type { TopologyView } from '../../domain/views.ts';
import { aroundOf } from '../neighbourhood.ts';
import type { Ops } from '../ops.ts';
import { requireIncident } from './views.ts';

/** What is around an incident, a resource or a service, with what is sick marked. */
export async function topology(ops: Ops, subject: string): Promise<TopologyView> {
  const known = await ops.store.signals.topology();
  const name = parseSubject(subject);
  if (name?.kind === 'incident') {
    const incident = await requireIncident(ops, name.id);
    return aroundOf(known, incident.id, incident.resourceIds, new Set(incident.resourceIds), incident.analysis?.hypotheses[0]?.resourceId ?? null);
  }
  const wanted = subject.normalize('NFKC').trim().toLowerCase();
  const fits = known.resources.filter((one) => wanted === '' || [one.id, one.name, one.service ?? ''].some((text) => text.toLowerCase() === wanted));
  if (fits.length === 0)
    throw new OpsError('not_found', `There is no resource or service "${subject.trim().slice(0, 60)}".`, 'Use a name the cards show, such as ecs/checkout.');
  const live = await ops.store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: 100 });
  const title = wanted === '' ? 'everything' : subject.trim().slice(0, 60);
  return aroundOf(
    known,
    title,
    fits.map((one) => one.id),
    new Set(live.flatMap((one) => one.resourceIds)),
    null,
  );
}
