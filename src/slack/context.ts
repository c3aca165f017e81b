import type { WebClient } from '@slack/web-api';
import type { CardOptions, Locale } from '../../blocks/card.ts';
import type { Tools } from '../../commands/types.ts';
import type { PictureSpec } from '../domain/chart.ts';
import type { Log } from '../domain/log.ts';
import type { Clock, Directory } from '../domain/ports.ts';
import type { MessageRef, Store } from '../domain/store.ts';
import type { Verbs } from '../loop/verbs.ts';
import { subjectOfMessage } from './copies.ts';
import type { AgentPane } from './listeners/agent.ts';
import type { SlackNotifier } from './notifier.ts';
import { whyPicturesOf } from './pictures.ts';
import type { Place, Poster } from './poster.ts';
import type { Posting } from './posting.ts';
import { keepPreferences, languageOf, preferencesOf } from './preferences.ts';
import { localeOfChannel } from './routing.ts';
import type { Run, Runs } from './runs.ts';
import type { Workers } from './workers.ts';

const LOCALE_WAIT_MS = 800;

/** A request under way: where it says how far it is, and how it is stopped. */
export interface Under {
  readonly progress: Tools['progress'];
  readonly run: Run;
}

/** What the listeners work with, once the edge has started. */
export interface EdgeContext {
  readonly client: WebClient;
  readonly poster: Poster;
  readonly posting: Posting;
  readonly notifier: SlackNotifier;
  readonly directory: Directory;
  readonly store: Store;
  readonly verbs: Verbs;
  readonly clock: Clock;
  readonly log: Log;
  readonly workers: Workers;
  readonly runs: Runs;
  readonly locale: Locale; // of channels
  readonly locales: Readonly<Record<string, Locale>>; // of single channels
  readonly linkBase: string | null; // http.public_url
  readonly draw: (spec: PictureSpec) => Promise<Uint8Array>;
  readonly agent: { current: AgentPane | null }; // set once the listeners are
  readonly botUserId: string;
  readonly pictureWaitMs: number; // a new file cannot be shown at once
  readonly workingAfterMs: number; // a command slower than this says that it is being worked on
}

/** What one request may use. */
export const tools = (context: EdgeContext, { progress, run }: Under): Tools => ({
  progress,
  run,
  stop: (id, userId) => context.runs.stop(id, userId),
  verbs: context.verbs,
  nowMs: context.clock.now(),
  pictures: {
    known: (incidentId, locale) => whyPicturesOf(context.store, incidentId, locale),
    draw: (incidentId, locale) => context.notifier.story(incidentId, locale),
  },
  preferences: {
    get: (userId) => preferencesOf(context.store, userId),
    set: (userId, preferences) => keepPreferences(context.store, userId, preferences, context.clock.now()),
  },
});

/** How to speak to a person and to the place they are in; in a DM (or null, nowhere) both are the person's language. */
export async function askerOf(
  context: EdgeContext,
  userId: string,
  channel: string | null,
): Promise<{ userId: string; forMe: CardOptions; forAll: CardOptions }> {
  const mine = await localeOf(context, userId);
  const shared = { nowMs: context.clock.now(), linkBase: context.linkBase };
  const isDm = channel === null || channel === userId || isDmChannel(channel);
  return { userId, forMe: { locale: mine, ...shared }, forAll: { locale: isDm ? mine : localeOfChannel(channel, context), ...shared } };
}

/** The channel's language when Slack does not say in time: a greeting in the wrong language beats none. */
function localeOf(context: EdgeContext, userId: string): Promise<Locale> {
  return languageOf(context.store, userId, () => localeInSlack(context, userId));
}

async function localeInSlack(context: EdgeContext, userId: string): Promise<Locale> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LOCALE_WAIT_MS);
  });
  const person = await Promise.race([context.directory.person(userId).catch(() => null), late]);
  clearTimeout(timer);
  return person?.locale ?? context.locale;
}

/** Whose card a message shows, or what it is about; null when it is none of ours. */
export async function subjectAt(context: EdgeContext, ref: MessageRef): Promise<string | null> {
  const known = await subjectOfMessage(context.store, ref);
  if (known !== null) return known;
  await context.posting.settled();
  return subjectOfMessage(context.store, ref);
}

/** A conversation of the agent pane is a thread in the DM with the bot. */
export const isPaneThread = ({ channel, threadTs }: Place): boolean => threadTs !== null && isDmChannel(channel);

export const isDmChannel = (channel: string): boolean => channel.startsWith('D');
