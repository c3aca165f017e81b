import type { WhyPictures } from '../../blocks/analysis.ts';
import type { Locale } from '../../blocks/card.ts';
import type { Log } from '../domain/log.ts';
import type { Notice } from '../domain/notice.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock, Directory, Notifier } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { WeekView } from '../domain/views.ts';
import type { Poster } from './poster.ts';
import type { Posting } from './posting.ts';
import type { Routing } from './routing.ts';
import { createShow } from './show.ts';

export interface NotifierParts extends Routing {
  readonly store: Store;
  readonly poster: Poster;
  readonly posting: Posting;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Log;
  readonly chart: (incidentId: string, locale: Locale) => Promise<Uint8Array | null>;
  /** PNGs of what happened and of what is around; null: there is nothing to draw. */
  readonly story?:
    | ((incidentId: string, locale: Locale) => Promise<{ readonly timeline: Uint8Array | null; readonly topology: Uint8Array | null }>)
    | undefined;
  readonly trend?: ((week: WeekView, locale: Locale) => Promise<Uint8Array>) | undefined;
  readonly runbook: (slug: string) => Promise<string | null>; // Markdown
  readonly mayApprove: (userId: string, plan: Plan) => Promise<boolean>;
  readonly onShown?: () => void; // something people look at has changed
  readonly linkBase: string | null; // http.public_url
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
  /** Timeline and map for a reader of this language; null: Slack has them already, or there are none. */
  story(incidentId: string, locale: Locale): Promise<WhyPictures | null>;
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
        return show.incidentNotice(notice.incidentId, attempt);
      case 'plan':
        return show.plan(notice.planId, attempt);
      case 'storm':
        return show.storm(notice.stormId, attempt);
      case 'digest':
        return show.digest(notice.digestId, attempt);
      case 'thread':
        return show.threadNote(notice.incidentId, notice.note, notice.mentions, attempt);
      case 'channel':
        return show.channelNote(notice.note, notice.mentions, attempt);
      case 'direct':
        return show.directNote(notice.userId, notice.note, attempt);
      case 'runbook':
        return show.runbook(notice.incidentId, notice.slug, attempt);
    }
  };
  return {
    name: 'slack',
    story: show.story,
    deliver: async (notice, signal, attempt) => {
      await deliver(notice, signal, attempt);
      parts.onShown?.();
    },
    refresh: async (subject, signal) => {
      if (subject.startsWith('STORM-')) await deliver({ type: 'storm', stormId: subject }, signal);
      else if (subject.startsWith('INC-')) await deliver({ type: 'incident', incidentId: subject }, signal);
      else if (subject.startsWith('PLAN-')) await deliver({ type: 'plan', planId: subject }, signal);
    },
  };
}
