import type { MessageMetadata } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Card } from '../../blocks/card.ts';
import type { Log } from '../domain/log.ts';
import type { MessageRef } from '../domain/store.ts';
import { call, type SlackClient } from './client.ts';
import { slackErrorCode, slackFailure, waitMsOf } from './errors.ts';
import type { Pace } from './pace.ts';

/** Where a message goes: a channel (or a person's id, for a DM) and the thread in it. */
export interface Place {
  readonly channel: string;
  readonly threadTs: string | null;
}

/** Written into the message's metadata, so that a message of a try that was cut off is found again. */
export interface Mark {
  readonly subject: string;
  readonly notice: string | null;
}

export interface Poster {
  post(place: Place, card: Card, mark: Mark): Promise<MessageRef>;
  /** False: the message is gone from Slack. */
  update(ref: MessageRef, card: Card, mark: Mark): Promise<boolean>;
  find(place: Place, mark: Mark): Promise<MessageRef | null>;
  /** The ts of a file with this name in the thread, or null. */
  findFile(place: Place, filename: string): Promise<string | null>;
  /** Whether this Slack takes files at all. */
  takesFiles(): boolean;
  /** A picture nobody sees yet; its file id goes into a card. */
  uploadPicture(png: Uint8Array, name: string, altText: string): Promise<string | null>;
  uploadText(place: Place, filename: string, content: string, title: string): Promise<void>;
}

const EVENT_TYPE = 'opsloop_card';
const SEARCH_MAX = 100;
const BLOCK_ERRORS: ReadonlySet<string> = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long']);
const GONE_ERRORS: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);

/** The one writer of messages: paced, marked, and never stopped by a card Slack does not like. */
export function createPoster(client: SlackClient, pace: Pace, log: Log): Poster {
  const paced = async <T>(channel: string, method: string, work: () => Promise<T>, urgent = true): Promise<T> => {
    await pace.turn(channel, urgent);
    try {
      return await work();
    } catch (thrown) {
      const error = slackFailure(method, thrown);
      const waitMs = waitMsOf(error);
      if (waitMs !== null) pace.hold(channel, waitMs);
      throw error;
    }
  };
  const orTextOnly = async <T>(card: Card, work: (shown: Card) => Promise<T>): Promise<T> => {
    try {
      return await work(card);
    } catch (error) {
      if (!BLOCK_ERRORS.has(slackErrorCode(error) ?? '')) throw error;
      log.error({ code: slackErrorCode(error), blocks: card.blocks.length }, 'Slack refused a card; its text is sent instead');
      return await work({ text: card.text, blocks: [] });
    }
  };
  return {
    post: (place, card, mark) =>
      orTextOnly(card, (shown) =>
        paced(
          place.channel,
          'chat.postMessage',
          async () => {
            const sent = await client.chat.postMessage({
              ...body(shown, mark),
              ...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
              channel: place.channel,
            });
            return { channel: sent.channel ?? place.channel, ts: sent.ts ?? '' };
          },
          isNotice(mark),
        ),
      ),
    update: async (ref, card, mark) => {
      try {
        await orTextOnly(card, (shown) =>
          paced(ref.channel, 'chat.update', () => client.chat.update({ ...body(shown, mark), channel: ref.channel, ts: ref.ts }), isNotice(mark)),
        );
        return true;
      } catch (error) {
        if (GONE_ERRORS.has(slackErrorCode(error) ?? '')) return false;
        throw error;
      }
    },
    find: async (place, mark) => {
      const found = (await recent(client, place)).find((message) => isMarked(message, mark));
      return found?.ts === undefined ? null : { channel: place.channel, ts: found.ts };
    },
    findFile: async (place, filename) => (await recent(client, place)).find((message) => message.files?.some((file) => file.name === filename))?.ts ?? null,
    takesFiles: () => !client.lacks('files.getUploadURLExternal') && !client.lacks('files.completeUploadExternal'),
    uploadPicture: async (png, name, altText) => {
      const sent = await call('files.uploadV2', () =>
        client.filesUploadV2({ file: Buffer.from(png), filename: name, title: altText.slice(0, 200), alt_text: altText.slice(0, 1000) }),
      );
      return sent.files[0]?.files?.[0]?.id ?? null;
    },
    uploadText: async (place, filename, content, title) => {
      await paced(place.channel, 'files.uploadV2', () =>
        place.threadTs === null
          ? client.filesUploadV2({ channel_id: place.channel, content, filename, title })
          : client.filesUploadV2({ channel_id: place.channel, thread_ts: place.threadTs, content, filename, title }),
      );
    },
  };
}

/** What the loop has to say goes before answers to what people asked. */
const isNotice = (mark: Mark): boolean => mark.notice !== 'answer' && mark.notice !== 'copy';

function body(card: Card, mark: Mark) {
  const metadata: MessageMetadata = {
    event_type: EVENT_TYPE,
    event_payload: { subject: mark.subject, ...(mark.notice === null ? {} : { notice: mark.notice }) },
  };
  return { text: card.text, blocks: card.blocks, metadata, unfurl_links: false, unfurl_media: false };
}

interface FoundMessage {
  readonly ts?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: unknown };
  readonly files?: readonly { readonly name?: string | null }[];
}

async function recent(client: WebClient, place: Place): Promise<readonly FoundMessage[]> {
  const query = { channel: place.channel, limit: SEARCH_MAX, include_all_metadata: true };
  const threadTs = place.threadTs;
  const answer =
    threadTs === null
      ? await call('conversations.history', () => client.conversations.history(query))
      : await call('conversations.replies', () => client.conversations.replies({ ...query, ts: threadTs }));
  return answer.messages ?? [];
}

function isMarked(message: FoundMessage, mark: Mark): boolean {
  if (message.metadata?.event_type !== EVENT_TYPE) return false;
  const payload = message.metadata.event_payload as { subject?: unknown; notice?: unknown } | undefined;
  return payload?.subject === mark.subject && (payload.notice ?? null) === mark.notice;
}
