import type { KnownBlock } from '@slack/types';
import type { CardOptions } from '../../blocks/card.ts';
import { incidentUnfurl, patternUnfurl, planUnfurl } from '../../blocks/unfurl.ts';
import type { Subject } from '../domain/names.ts';
import type { Person } from '../domain/ports.ts';
import type { Verbs } from '../loop/verbs.ts';

/** What Slack says of a channel: who is in it decides who would read what is shown there. */
export interface Room {
  readonly id: string;
  readonly isPrivate: boolean;
  readonly isShared: boolean; // with another organisation
}

/** Why nothing is shown under a link. */
export type Withheld = 'unknown_person' | 'outsider' | 'shared_room' | 'home_is_private';

/**
 * Whether a link may be shown where it was posted; null: it may. `posted` null: a place Slack says nothing of (a DM, a message being
 * written). `home` null: a pattern, which has no card. Pure.
 */
export function whyWithheld(person: Person | null, posted: Room | null, home: Room | null): Withheld | null {
  if (person === null || person.isBot || person.deactivated) return 'unknown_person';
  if (person.outsider === true) return 'outsider';
  if (posted?.isShared === true) return 'shared_room';
  const isHome = home !== null && posted?.id === home.id;
  return home?.isPrivate === true && !isHome ? 'home_is_private' : null;
}

/** What is shown, all of it from the store: of the link only the name counts. OpsError('not_found') when there is no such thing. */
export async function unfurlOf({ kind, id }: Subject, verbs: Verbs, options: CardOptions): Promise<KnownBlock[]> {
  if (kind === 'incident') return incidentUnfurl(await verbs.incident(id), options);
  if (kind === 'plan') return planUnfurl(await verbs.plan(id), options);
  return patternUnfurl(await verbs.pattern(id), options);
}
