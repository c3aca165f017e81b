import { OpsError } from '../../domain/errors.ts';
import { type Incident, LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import { parseSubject } from '../../domain/names.ts';
import type { Ops } from '../ops.ts';
import { requireIncident } from './views.ts';

const MOST_CANDIDATES = 5;

/** An incident as people name it: `INC-12`, `#12`, or words that fit exactly one open incident. Several: `conflict`, with the candidates. */
export async function resolveIncident(ops: Ops, typed: string): Promise<Incident> {
  const text = typed.normalize('NFKC').trim();
  if (text === '') throw new OpsError('invalid_input', 'Say which incident you mean.', 'Write it like INC-12, or "status" to see the open ones.');
  const named = nameOf(text);
  if (named !== null) return await requireIncident(ops, named);
  const open = await ops.store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: 200 });
  const scored = open.map((incident) => ({ incident, score: wordsInCommon(incident, text) })).filter(({ score }) => score > 0);
  const best = Math.max(0, ...scored.map(({ score }) => score));
  const candidates = scored.filter(({ score }) => score === best).map(({ incident }) => incident);
  const [first] = candidates;
  if (first === undefined) throw new OpsError('not_found', `No open incident fits "${text.slice(0, 80)}".`, 'Type "status" to see the open ones.');
  if (candidates.length === 1) return first;
  const list = candidates.slice(0, MOST_CANDIDATES).map((incident) => `${incident.id} (${incident.title})`);
  throw new OpsError('conflict', `"${text.slice(0, 80)}" fits several incidents.`, `Say which: ${list.join('; ')}.`);
}

/** The id when the text names an incident; a plan's or a pattern's name is not one. */
export function nameOf(text: string): string | null {
  const bare = /^#?(\d{1,9})$/.exec(text);
  const subject = parseSubject(bare === null ? text : `INC-${bare[1]}`);
  if (subject === null) return null;
  if (subject.kind === 'incident') return subject.id;
  throw new OpsError('invalid_input', `${subject.id} is a ${subject.kind}, not an incident.`, 'Write it like INC-12.');
}

/** How many of the words occur in what the incident says of itself; words of one letter do not count. */
function wordsInCommon(incident: Incident, text: string): number {
  const about = [incident.title, incident.service ?? '', ...incident.resourceIds, ...incident.matches.map((match) => match.title)].join(' ').toLowerCase();
  const words = text
    .toLowerCase()
    .split(/[\s,;:!?"'()]+/)
    .filter((word) => word.length > 1);
  return words.filter((word) => about.includes(word)).length;
}
