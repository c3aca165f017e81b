import type { CardOptions, Locale } from '../../blocks/card.ts';
import { noteCard, runbookText } from '../../blocks/note.ts';
import { stormCard } from '../../blocks/storm.ts';
import { weekCard } from '../../blocks/week.ts';
import { words } from '../../commands/words.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { MessageRef } from '../domain/store.ts';
import type { WeekView } from '../domain/views.ts';
import { stormOf, stormView } from '../loop/storms.ts';
import { createCards } from './cards.ts';
import { logFailure } from './client.ts';
import { isMissingMethod } from './errors.ts';
import { createLocks } from './locks.ts';
import type { NotifierParts, Try } from './notifier.ts';
import { nudge } from './nudges.ts';
import { createPictures } from './pictures.ts';
import type { Mark, Place } from './poster.ts';
import { languageOf } from './preferences.ts';
import { destinationOf, localeOfChannel } from './routing.ts';
import { subjectCard } from './subject-card.ts';

/** How each kind of notice is shown; the notifier says which. */
export function createShow(parts: NotifierParts) {
  const { store, poster, clock, channel } = parts;
  const lock = createLocks();
  const cards = createCards(parts);
  const pictures = createPictures(parts);
  const options = (locale: Locale, more: Partial<CardOptions> = {}): CardOptions => ({
    locale,
    nowMs: clock.now(),
    chartFileId: null,
    linkBase: parts.linkBase,
    ...more,
  });
  const localeAt = (place: string): Locale => localeOfChannel(place, parts);

  const incident = async (id: string, attempt: Try): Promise<MessageRef | null> =>
    lock(id, async () => {
      const found = await store.incidents.get(id);
      if (found === null) return null;
      const to = destinationOf(found, parts);
      const at = (await store.messages.get(id))?.channel ?? to.channel; // a card stays where it was posted
      const shown = (chartFileId: string | null) => subjectCard(store, id, options(localeAt(at), { chartFileId, mentions: to.mentions }));
      const card = await shown(await pictures.known(id));
      if (card === null) return null;
      const ref = await cards.put(id, card, { channel: at, threadTs: null }, attempt);
      await pictures.renew(id, localeAt(at), async (fileId) => {
        const withPicture = await shown(fileId);
        if (withPicture !== null) await cards.edit(ref, withPicture, { subject: id, notice: null });
      });
      await cards.editCopies(id);
      return ref;
    });

  const storm = async (id: string, attempt: Try): Promise<MessageRef | null> =>
    lock(id, async () => {
      const view = await stormView(store, id);
      if (view === null) return null;
      const worst = Math.max(0, ...view.incidents.map((one) => one.severity));
      const to = destinationOf({ service: view.storm.service, severity: worst }, parts);
      const at = (await store.messages.get(id))?.channel ?? to.channel;
      return cards.put(id, stormCard(view, options(localeAt(at), { mentions: to.mentions })), { channel: at, threadTs: null }, attempt);
    });

  const threadOf = async (incidentId: string, attempt: Try): Promise<Place> => {
    const stormId = await stormOf(store, incidentId);
    const ref =
      stormId === null
        ? ((await store.messages.get(incidentId)) ?? (await incident(incidentId, attempt)))
        : ((await store.messages.get(stormId)) ?? (await storm(stormId, attempt)));
    return ref === null ? { channel, threadTs: null } : { channel: ref.channel, threadTs: ref.ts };
  };

  /** An incident of a storm has no card of its own: the storm's is shown anew, once for all that changed meanwhile. */
  const incidentNotice = async (id: string, attempt: Try): Promise<void> => {
    const stormId = await stormOf(store, id);
    if (stormId === null) await incident(id, attempt);
    else await store.outbox.add({ type: 'storm', stormId }, clock.now());
  };

  const note = async (place: Place, said: Explanation, mentions: readonly string[], locale: Locale, mark: Mark, attempt: Try): Promise<void> => {
    if (attempt.again && (await poster.find(place, mark)) !== null) return;
    await poster.post(place, noteCard(said, [...mentions], options(locale)), mark);
  };

  return {
    incidentNotice,
    story: pictures.story,
    async storm(id: string, attempt: Try): Promise<void> {
      await storm(id, attempt);
    },
    async plan(id: string, attempt: Try): Promise<void> {
      const found = await store.plans.get(id);
      if (found === null) return;
      const place = found.incidentId === null ? { channel, threadTs: null } : await threadOf(found.incidentId, attempt);
      await lock(id, async () => {
        const card = await subjectCard(store, id, options(localeAt(place.channel)));
        if (card === null) return;
        await cards.put(id, card, place, attempt);
        await cards.editCopies(id);
      });
      if (found.incidentId !== null) await incidentNotice(found.incidentId, attempt); // it carries the plan's buttons too
      await nudge(parts, found);
    },
    async threadNote(incidentId: string, said: Explanation, mentions: readonly string[], attempt: Try): Promise<void> {
      const place = await threadOf(incidentId, attempt);
      const inStorm = (await stormOf(store, incidentId)) !== null; // its thread is about many
      const mark = { subject: incidentId, notice: attempt.key };
      if (attempt.again && (await poster.find(place, mark)) !== null) return;
      await poster.post(place, noteCard(said, mentions, options(localeAt(place.channel)), inStorm ? incidentId : null), mark);
    },
    channelNote: (said: Explanation, mentions: readonly string[], attempt: Try): Promise<void> =>
      note({ channel, threadTs: null }, said, mentions, localeAt(channel), { subject: 'channel', notice: attempt.key }, attempt),
    async directNote(userId: string, said: Explanation, attempt: Try): Promise<void> {
      const locale = await languageOf(store, userId, async () => (await parts.directory.person(userId))?.locale ?? parts.locale);
      await note({ channel: userId, threadTs: null }, said, [], locale, { subject: 'direct', notice: attempt.key }, { ...attempt, again: false });
    },
    async digest(id: string, attempt: Try): Promise<void> {
      const text = await store.settings.get(id);
      if (text === null) return;
      const week = JSON.parse(text) as WeekView;
      const locale = localeAt(channel);
      const mark = { subject: 'digest', notice: attempt.key };
      if (attempt.again && (await poster.find({ channel, threadTs: null }, mark)) !== null) return;
      const fileId = await trendFile(parts, week, locale);
      const post = (chartFileId: string | null) => poster.post({ channel, threadTs: null }, weekCard(week, options(locale, { chartFileId })), mark);
      await post(fileId).catch((error: unknown) => (fileId === null ? Promise.reject(error) : post(null)));
    },
    async runbook(incidentId: string, slug: string, attempt: Try): Promise<void> {
      if ((await stormOf(store, incidentId)) !== null) return; // one file an incident would bury the storm's thread
      const content = await parts.runbook(slug);
      if (content === null) return parts.log.warn({ slug, incidentId }, 'the runbook to attach is not in the archive');
      const place = await threadOf(incidentId, attempt);
      const filename = `${slug}-runbook.md`;
      if (attempt.again && (await poster.findFile(place, filename)) !== null) return;
      await poster.uploadText(place, filename, content, filename).catch(async (error: unknown) => {
        if (!isMissingMethod(error)) throw error;
        await poster.post(place, runbookText(content), { subject: incidentId, notice: attempt.key });
      });
    },
  };
}

async function trendFile(parts: NotifierParts, week: WeekView, locale: Locale): Promise<string | null> {
  if (parts.trend === undefined || !parts.poster.takesFiles()) return null;
  try {
    return await parts.poster.uploadPicture(await parts.trend(week, locale), 'week.png', words(locale).incidentsADay);
  } catch (error) {
    logFailure(parts.log, error, {}, 'the digest goes without a picture');
    return null;
  }
}
