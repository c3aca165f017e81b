import type { CardOptions, Locale } from '../../blocks/card.ts';
import { noteCard } from '../../blocks/note.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { Log } from '../domain/log.ts';
import type { Notice } from '../domain/notice.ts';
import type { Clock, Directory, Notifier } from '../domain/ports.ts';
import type { MessageRef, Store } from '../domain/store.ts';
import { createCards } from './cards.ts';
import { createLocks } from './locks.ts';
import { createPictures } from './pictures.ts';
import type { Mark, Place, Poster } from './poster.ts';
import type { Posting } from './posting.ts';
import { subjectCard } from './subject-card.ts';

export interface NotifierParts {
  readonly store: Store;
  readonly poster: Poster;
  readonly posting: Posting;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Log;
  readonly channel: string; // of the alerts
  readonly locale: Locale; // of the channel
  readonly chart: (incidentId: string) => Promise<Uint8Array | null>;
  readonly runbook: (slug: string) => Promise<string | null>; // Markdown
  readonly onShown?: () => void; // something people look at has changed
  readonly pictureRetryMs: number; // Slack needs a moment before a new file can be shown
}

/** Which try of which outbox item this is; `again`: one before it may have reached Slack. */
export interface Try {
  readonly key: string;
  readonly again: boolean;
}

export interface SlackNotifier extends Notifier {
  deliver(notice: Notice, signal: AbortSignal, attempt?: Try): Promise<void>;
  /** Brings the card of a subject, and its copies, to the present state. */
  refresh(subject: string, signal: AbortSignal): Promise<void>;
}

const FIRST_TRY: Try = { key: 'direct', again: false };

/**
 * Shows notices in Slack. The card is made from the store at the moment of delivery; one subject has one card, updated in
 * place. A message of a try that was cut off is found again by its metadata before anything is posted twice.
 */
export function createSlackNotifier(parts: NotifierParts): SlackNotifier {
  const show = createShow(parts);
  const deliver = async (notice: Notice, signal: AbortSignal, attempt: Try = FIRST_TRY): Promise<void> => {
    signal.throwIfAborted();
    switch (notice.type) {
      case 'incident':
        await show.incident(notice.incidentId, attempt);
        return;
      case 'plan':
        return show.plan(notice.planId, attempt);
      case 'thread':
        return show.note(
          await show.threadOf(notice.incidentId, attempt),
          notice.note,
          notice.mentions,
          parts.locale,
          { subject: notice.incidentId, notice: attempt.key },
          attempt,
        );
      case 'channel':
        return show.note(
          { channel: parts.channel, threadTs: null },
          notice.note,
          notice.mentions,
          parts.locale,
          { subject: 'channel', notice: attempt.key },
          attempt,
        );
      case 'direct': {
        const person = await parts.directory.person(notice.userId);
        return show.note(
          { channel: notice.userId, threadTs: null },
          notice.note,
          [],
          person?.locale ?? parts.locale,
          { subject: 'direct', notice: attempt.key },
          FIRST_TRY,
        );
      }
      case 'runbook':
        return show.runbook(notice.incidentId, notice.slug, attempt);
    }
  };
  return {
    name: 'slack',
    deliver: async (notice, signal, attempt) => {
      await deliver(notice, signal, attempt);
      parts.onShown?.();
    },
    refresh: async (subject, signal) => {
      if (subject.startsWith('INC-')) await deliver({ type: 'incident', incidentId: subject }, signal);
      else if (subject.startsWith('PLAN-')) await deliver({ type: 'plan', planId: subject }, signal);
    },
  };
}

function createShow(parts: NotifierParts) {
  const { store, poster, clock, channel } = parts;
  const lock = createLocks();
  const cards = createCards(parts);
  const pictures = createPictures(parts);
  const options = (chartFileId: string | null): CardOptions => ({ locale: parts.locale, nowMs: clock.now(), chartFileId });

  const incident = async (id: string, attempt: Try): Promise<MessageRef | null> =>
    lock(id, async () => {
      const card = await subjectCard(store, id, options(await pictures.known(id)));
      if (card === null) return null;
      const ref = await cards.put(id, card, { channel, threadTs: null }, attempt);
      await pictures.renew(id, async (fileId) => {
        const withPicture = await subjectCard(store, id, options(fileId));
        if (withPicture !== null) await cards.edit(ref, withPicture, { subject: id, notice: null });
      });
      await cards.editCopies(id);
      return ref;
    });

  const threadOf = async (incidentId: string, attempt: Try): Promise<Place> => {
    const ref = (await store.messages.get(incidentId)) ?? (await incident(incidentId, attempt));
    return ref === null ? { channel, threadTs: null } : { channel: ref.channel, threadTs: ref.ts };
  };

  const plan = async (id: string, attempt: Try): Promise<void> => {
    const found = await store.plans.get(id);
    if (found === null) return;
    const place = found.incidentId === null ? { channel, threadTs: null } : await threadOf(found.incidentId, attempt);
    await lock(id, async () => {
      const card = await subjectCard(store, id, options(null));
      if (card === null) return;
      await cards.put(id, card, place, attempt);
      await cards.editCopies(id);
    });
    if (found.incidentId !== null) await incident(found.incidentId, attempt); // it carries the plan's buttons too
  };

  return {
    incident,
    plan,
    threadOf,
    async note(place: Place, note: Explanation, mentions: readonly string[], locale: Locale, mark: Mark, attempt: Try) {
      if (attempt.again && (await poster.find(place, mark)) !== null) return;
      await poster.post(place, noteCard(note, [...mentions], { locale, nowMs: clock.now() }), mark);
    },
    async runbook(incidentId: string, slug: string, attempt: Try) {
      const content = await parts.runbook(slug);
      if (content === null) return parts.log.warn({ slug, incidentId }, 'the runbook to attach is not in the archive');
      const place = await threadOf(incidentId, attempt);
      const filename = `${slug}-runbook.md`;
      if (attempt.again && (await poster.findFile(place, filename)) !== null) return;
      await poster.uploadText(place, filename, content, filename);
    },
  };
}
