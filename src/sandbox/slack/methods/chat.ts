import { z } from 'zod';
import { LIMITS } from '../../../../blocks/limits/numbers.ts';
import { type Core, tellMessage } from '../core.ts';
import { Refusal, refuseFor } from '../refusal.ts';
import type { Json, LocalMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { BOT_USER_ID, type Conversation } from '../workspace.ts';
import { type ApiMethod, acceptBlocks, boolArg, jsonArg, method, needScope } from './method.ts';

const content = {
  text: z.string().optional(),
  markdown_text: z.string().optional(),
  blocks: jsonArg.optional(),
  attachments: jsonArg.optional(),
};
const channelAndTs = { channel: z.string().min(1), ts: z.string().min(1) };
const MetadataSchema = z.strictObject({ event_type: z.string().regex(/^[A-Za-z]\w{0,254}$/), event_payload: z.record(z.string(), z.unknown()) });

export type Content = Pick<LocalMessage, 'text' | 'blocks' | 'attachments'>;

/** What a message is to show, checked. `unchanged` is what it showed before: an update may leave out parts. */
export function acceptContent(core: Core, args: z.infer<z.ZodObject<typeof content>>, unchanged?: Content): Content {
  const attachments = acceptAttachments(core, args.attachments);
  if (args.markdown_text !== undefined) {
    if (args.text !== undefined || args.blocks !== undefined) throw new Refusal('markdown_text_conflict');
    if (args.markdown_text.length > LIMITS.markdownText) throw new Refusal('msg_too_long');
    return { text: args.markdown_text, blocks: acceptBlocks(core, [{ type: 'markdown', text: args.markdown_text }]), attachments };
  }
  const text = args.text ?? '';
  if (text.length > LIMITS.messageText) throw new Refusal('msg_too_long');
  const blocks = acceptBlocks(core, args.blocks);
  if (text.trim() === '' && blocks.length === 0 && attachments.length === 0) throw new Refusal('no_text');
  // Slack keeps the blocks of an updated message unless a text or new blocks are given.
  const keepsBlocks = unchanged !== undefined && args.blocks === undefined && args.text === undefined;
  return { text, blocks: keepsBlocks ? unchanged.blocks : blocks, attachments: args.attachments === undefined ? (unchanged?.attachments ?? []) : attachments };
}

function acceptAttachments(core: Core, value: unknown): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Refusal('invalid_attachments');
  if (value.length > 100) throw new Refusal('too_many_attachments');
  return value.map((one: Json) => (one['blocks'] === undefined ? one : { ...one, blocks: acceptBlocks(core, one['blocks']) }));
}

export function acceptMetadata(value: unknown): Json | null {
  if (value === undefined || value === null) return null;
  const parsed = MetadataSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseFor(
    'invalid_metadata_format',
    parsed.error.issues.map((issue) => `${issue.message} [json-pointer:/metadata/${issue.path.join('/')}]`),
  );
}

/** Where the bot may post. Without membership it needs `chat:write.public`. */
function destination(core: Core, channel: string): Conversation {
  const conversation = core.workspace.conversation(channel);
  if (!conversation.members.has(BOT_USER_ID) && !core.manifest.scopes.has('chat:write.public')) throw new Refusal('not_in_channel');
  return conversation;
}

/** A thread_ts that names no message is refused; one of a reply means its thread. */
export function threadOf(core: Core, channel: string, threadTs: string | undefined): string | null {
  if (threadTs === undefined) return null;
  const parent = core.workspace.message(channel, threadTs);
  if (parent !== null) return parent.threadTs ?? parent.ts;
  if (core.workspace.agentThreads.has(`${channel}:${threadTs}`)) return threadTs;
  throw new Refusal('thread_not_found');
}

function own(core: Core, channel: string, ts: string, refused: string): LocalMessage {
  const message = core.workspace.message(core.workspace.conversation(channel).id, ts);
  if (message === null) throw new Refusal('message_not_found');
  if (!message.fromBot) throw new Refusal(refused);
  return message;
}

const posted = (core: Core, message: LocalMessage): Json => ({
  channel: message.channel,
  ts: message.ts,
  message: messageJson(core.workspace, message, core.baseUrl),
});

export const chatMethods: Readonly<Record<string, ApiMethod>> = {
  'chat.postMessage': method(
    {
      scopes: ['chat:write'],
      args: z.looseObject({
        channel: z.string().min(1),
        ...content,
        thread_ts: z.string().optional(),
        reply_broadcast: boolArg.optional(),
        metadata: jsonArg.optional(),
      }),
    },
    (args, core) => {
      const { id } = destination(core, args.channel);
      const metadata = acceptMetadata(args.metadata);
      const threadTs = threadOf(core, id, args.thread_ts);
      const shown = acceptContent(core, args);
      const message = core.workspace.post({ ...core.workspace.draft(id, BOT_USER_ID, ''), ...shown, threadTs, metadata });
      tellMessage(core, id, message.ts);
      return posted(core, message);
    },
  ),
  'chat.update': method({ scopes: ['chat:write'], args: z.looseObject({ ...channelAndTs, ...content, metadata: jsonArg.optional() }) }, (args, core) => {
    const before = own(core, args.channel, args.ts, 'cant_update_message');
    if (before.streaming) throw new Refusal('streaming_state_conflict');
    const shown = acceptContent(core, args, before);
    const metadata = args.metadata === undefined ? before.metadata : acceptMetadata(args.metadata);
    const message = { ...before, ...shown, metadata, editedTs: core.workspace.nextTs() };
    core.workspace.replace(message);
    const asSent = messageJson(core.workspace, message, core.baseUrl);
    tellMessage(core, message.channel, message.ts, {
      subtype: 'message_changed',
      hidden: true,
      message: asSent,
      previous_message: messageJson(core.workspace, before, core.baseUrl),
    });
    return { channel: message.channel, ts: message.ts, text: message.text, message: asSent };
  }),
  'chat.delete': method({ scopes: ['chat:write'], args: z.looseObject(channelAndTs) }, (args, core) => {
    const message = own(core, args.channel, args.ts, 'cant_delete_message');
    core.workspace.remove(message);
    const previous = messageJson(core.workspace, message, core.baseUrl);
    tellMessage(core, message.channel, message.ts, { subtype: 'message_deleted', hidden: true, deleted_ts: message.ts, previous_message: previous });
    return { channel: message.channel, ts: message.ts };
  }),
  'chat.postEphemeral': method(
    { scopes: ['chat:write'], args: z.looseObject({ channel: z.string().min(1), user: z.string().min(1), ...content, thread_ts: z.string().optional() }) },
    (args, core) => {
      const conversation = core.workspace.conversation(args.channel);
      if (!conversation.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
      if (!conversation.members.has(args.user)) throw new Refusal('user_not_in_channel');
      const threadTs = threadOf(core, conversation.id, args.thread_ts);
      const shown = acceptContent(core, args);
      const message = core.workspace.whisper({ ...core.workspace.draft(conversation.id, BOT_USER_ID, ''), ...shown, threadTs, ephemeralTo: args.user });
      return { message_ts: message.ts };
    },
  ),
  'chat.getPermalink': method({ args: z.looseObject({ channel: z.string().min(1), message_ts: z.string().min(1) }) }, (args, core) => {
    const { id } = core.workspace.conversation(args.channel);
    const message = core.workspace.message(id, args.message_ts);
    if (message === null) throw new Refusal('message_not_found');
    const thread = message.threadTs === null || message.threadTs === message.ts ? '' : `?thread_ts=${message.threadTs}&cid=${id}`;
    return { channel: id, permalink: `${core.baseUrl}archives/${id}/p${message.ts.replace('.', '')}${thread}` };
  }),
  'chat.unfurl': method({ scopes: ['links:write'], args: z.looseObject({ ...channelAndTs, unfurls: jsonArg }) }, (args, core) => {
    needScope(core, 'links:write');
    const message = core.workspace.message(core.workspace.conversation(args.channel).id, args.ts);
    if (message === null) throw new Refusal('cannot_find_message');
    const unfurls = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(args.unfurls);
    if (!unfurls.success) throw new Refusal('cannot_parse_attachment');
    const attachments = Object.entries(unfurls.data).map(([link, shown]) => {
      if (!message.text.includes(link.replaceAll('&', '&amp;'))) throw new Refusal('cannot_unfurl_url');
      return { from_url: link, ...shown };
    });
    core.workspace.replace({
      ...message,
      attachments: [...message.attachments.filter((one) => !(String(one['from_url']) in unfurls.data)), ...acceptAttachments(core, attachments)],
    });
    return {};
  }),
};
