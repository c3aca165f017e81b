import type { Card } from '../../blocks/card.ts';
import type { MessageRef } from '../domain/store.ts';
import { copiesOf, forgetCopy } from './copies.ts';
import type { NotifierParts, Try } from './notifier.ts';
import type { Mark, Place } from './poster.ts';
import { subjectCard } from './subject-card.ts';

const SEEN_MAX = 2000;

/** One subject, one card: posted once, from then on edited where it is. */
export interface Cards {
  /** Posts the subject's card, or edits it. */
  put(subject: string, card: Card, place: Place, attempt: Try): Promise<MessageRef>;
  /** False: the message is gone. A card that has not changed costs no message. */
  edit(ref: MessageRef, card: Card, mark: Mark): Promise<boolean>;
  /** Brings the copies that answered commands to the present state, each in its language. */
  editCopies(subject: string): Promise<void>;
}

export function createCards({ store, poster, posting, clock, linkBase }: NotifierParts): Cards {
  const written = new Map<string, string>(); // place → the card last written there
  const key = (ref: MessageRef): string => `${ref.channel}:${ref.ts}`;
  const remember = (ref: MessageRef, card: Card): void => {
    const oldest = written.keys().next();
    if (written.size >= SEEN_MAX && oldest.done !== true) written.delete(oldest.value);
    written.set(key(ref), JSON.stringify(card));
  };
  const edit = async (ref: MessageRef, card: Card, mark: Mark): Promise<boolean> => {
    if (written.get(key(ref)) === JSON.stringify(card)) return true;
    const there = await poster.update(ref, card, mark);
    if (there) remember(ref, card);
    return there;
  };
  return {
    edit,
    async put(subject, card, place, attempt) {
      const mark = { subject, notice: null };
      const known = (await store.messages.get(subject)) ?? (attempt.again ? await poster.find(place, mark) : null);
      if (known !== null && (await edit(known, card, mark))) {
        await store.messages.put(subject, known);
        return known;
      }
      return posting.run(async () => {
        const ref = await poster.post(place, card, mark);
        await store.messages.put(subject, ref);
        remember(ref, card);
        return ref;
      });
    },
    async editCopies(subject) {
      for (const copy of await copiesOf(store, subject)) {
        const card = await subjectCard(store, subject, { locale: copy.locale, nowMs: clock.now(), chartFileId: null, linkBase });
        if (card !== null && !(await edit(copy, card, { subject, notice: 'copy' }))) await forgetCopy(store, subject, copy, clock.now());
      }
    },
  };
}
