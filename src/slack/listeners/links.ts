import type { App } from '@slack/bolt';
import type { KnownBlock, LinkUnfurls } from '@slack/types';
import { subjectOfLink } from '../../domain/links.ts';
import type { Subject } from '../../domain/names.ts';
import { call, logFailure } from '../client.ts';
import { type EdgeContext, isDmChannel } from '../context.ts';
import { cardOf } from '../permalinks.ts';
import { localeOfChannel } from '../routing.ts';
import { type Room, unfurlOf, whyWithheld } from '../unfurl.ts';

const LINKS_MAX = 5;

interface Shared {
  readonly user: string;
  readonly channel: string;
  readonly message_ts: string;
  readonly unfurl_id?: string;
  readonly source?: string;
  readonly links: readonly { readonly url: string }[];
}

/** Links of ours in what people post get a few lines under them, for those who may see it; for the others nothing happens. */
export function listenToLinks(app: App, context: EdgeContext): void {
  app.event('link_shared', async ({ event }) => {
    const started = context.workers.run(() =>
      unfurl(context, event as Shared).catch((error: unknown) =>
        logFailure(context.log, error, { channel: event.channel }, 'a link is not shown: something failed'),
      ),
    );
    if (!started) context.log.warn({ channel: event.channel }, 'too busy to show a link');
  });
}

async function unfurl(context: EdgeContext, event: Shared): Promise<void> {
  const named = namedIn(event, context.linkBase);
  if (named.length === 0) return;
  const person = await context.directory.person(event.user);
  const posted = isRoom(event.channel) ? await roomOf(context, event.channel) : null;
  const unfurls: Record<string, { blocks: KnownBlock[] }> = {};
  for (const { url, subject } of named) {
    const card = await cardOf(context.store, subject);
    if (card === null && subject.kind !== 'pattern') continue; // there is no such thing, or nobody was ever shown it
    const home = card === null || !isRoom(card.ref.channel) ? null : await roomOf(context, card.ref.channel);
    const withheld = whyWithheld(person, posted, home);
    if (withheld !== null) {
      context.log.info({ subject: subject.id, withheld }, 'a link is not shown');
      continue;
    }
    const options = { locale: localeOfChannel(event.channel, context), nowMs: context.clock.now() };
    unfurls[url] = { blocks: await unfurlOf(subject, context.verbs, options) };
  }
  if (Object.keys(unfurls).length > 0) await show(context, event, unfurls);
}

function namedIn({ links }: Shared, linkBase: string | null): readonly { readonly url: string; readonly subject: Subject }[] {
  if (linkBase === null) return [];
  return links.slice(0, LINKS_MAX).flatMap(({ url }) => {
    const subject = subjectOfLink(url, linkBase);
    return subject === null ? [] : [{ url, subject }];
  });
}

/** Slack knows a message that is being written by another name than one that was sent. */
async function show({ client }: EdgeContext, event: Shared, unfurls: LinkUnfurls): Promise<void> {
  const { source, unfurl_id: id } = event;
  const isDraft = source === 'composer' && id !== undefined;
  const target = isDraft ? { source: 'composer' as const, unfurl_id: id } : { channel: event.channel, ts: event.message_ts };
  await call('chat.unfurl', () => client.chat.unfurl({ ...target, unfurls }));
}

const isRoom = (channel: string): boolean => /^[CG][A-Z0-9]+$/.test(channel) && channel !== 'COMPOSER' && !isDmChannel(channel);

async function roomOf({ client }: EdgeContext, channel: string): Promise<Room> {
  const { channel: room } = await call('conversations.info', () => client.conversations.info({ channel }));
  const isShared = room?.is_ext_shared === true || room?.is_pending_ext_shared === true;
  return { id: channel, isPrivate: room?.is_private !== false, isShared };
}
