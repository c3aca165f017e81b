import { z } from 'zod';
import { type Core, tell } from '../core.ts';
import { Refusal } from '../refusal.ts';
import type { Json, LocalMessage } from '../types.ts';
import { conversationJson, messageJson } from '../wire.ts';
import { BOT_USER_ID, type Conversation } from '../workspace.ts';
import { type ApiMethod, boolArg, limitArg, method, needConversationScope, needScope, page } from './method.ts';

const channel = z.string().min(1);
const cursor = z.string().optional();
const window = { oldest: z.coerce.string().optional(), latest: z.coerce.string().optional(), inclusive: boolArg.optional() };

function joined(core: Core, id: string, right: 'read' | 'history'): Conversation {
  const conversation = core.workspace.conversation(id);
  needConversationScope(core, conversation, right);
  if (right === 'history' && !conversation.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
  return conversation;
}

function within(
  messages: readonly LocalMessage[],
  args: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined },
): LocalMessage[] {
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const edge = args.inclusive ?? false;
  return messages.filter(({ ts }) => (edge ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest));
}

function listed(core: Core, messages: readonly LocalMessage[], limit: number, from: string | undefined, metadata: boolean): Json {
  const { items, next } = page(messages, limit, from);
  const shown = items.map((message) => ({
    ...messageJson(core.workspace, message, core.baseUrl),
    ...(message.metadata === null ? {} : { metadata: metadata ? message.metadata : { event_type: message.metadata['event_type'] } }),
  }));
  return { messages: shown, has_more: next !== '', response_metadata: { next_cursor: next } };
}

export const conversationMethods: Readonly<Record<string, ApiMethod>> = {
  'conversations.list': method({ args: z.looseObject({ types: z.string().default('public_channel'), limit: limitArg, cursor }) }, (args, core) => {
    const types = args.types.split(',').map((type) => type.trim());
    const wanted = { public_channel: 'channels:read', private_channel: 'groups:read', mpim: 'mpim:read', im: 'im:read' };
    for (const type of types) {
      if (!(type in wanted)) throw new Refusal('invalid_types');
      needScope(core, wanted[type as keyof typeof wanted]);
    }
    const all = [...core.workspace.conversations.values()].filter((one) => types.includes(one.kind === 'im' ? 'im' : 'public_channel'));
    const { items, next } = page(all, args.limit, args.cursor);
    return { channels: items.map(conversationJson), response_metadata: { next_cursor: next } };
  }),
  'conversations.info': method({ args: z.looseObject({ channel }) }, (args, core) => ({ channel: conversationJson(joined(core, args.channel, 'read')) })),
  'conversations.members': method({ args: z.looseObject({ channel, limit: limitArg, cursor }) }, (args, core) => {
    const { items, next } = page([...joined(core, args.channel, 'read').members], args.limit, args.cursor);
    return { members: items, response_metadata: { next_cursor: next } };
  }),
  'conversations.history': method(
    { args: z.looseObject({ channel, limit: limitArg, cursor, ...window, include_all_metadata: boolArg.optional() }) },
    (args, core) => {
      const { id } = joined(core, args.channel, 'history');
      const top = core.workspace.all(id).filter((message) => message.threadTs === null || message.threadTs === message.ts);
      return listed(core, within(top, args).reverse(), args.limit, args.cursor, args.include_all_metadata ?? false);
    },
  ),
  'conversations.replies': method(
    { args: z.looseObject({ channel, ts: z.string().min(1), limit: limitArg, cursor, ...window, include_all_metadata: boolArg.optional() }) },
    (args, core) => {
      const { id } = joined(core, args.channel, 'history');
      const message = core.workspace.message(id, args.ts);
      if (message === null && !core.workspace.agentThreads.has(`${id}:${args.ts}`)) throw new Refusal('thread_not_found');
      const root = message?.threadTs ?? args.ts;
      const thread = core.workspace.thread(id, root);
      const shown = thread.filter((one) => one.ts === root || within([one], args).length > 0);
      return listed(core, shown, args.limit, args.cursor, args.include_all_metadata ?? false);
    },
  ),
  'conversations.open': method(
    { args: z.looseObject({ users: z.string().optional(), channel: z.string().optional(), return_im: boolArg.optional() }) },
    (args, core) => {
      needScope(core, 'im:write');
      const users = args.users?.split(',').map((id) => id.trim());
      if (users !== undefined && users.length > 1) throw new Refusal('method_not_supported_for_channel_type'); // group DMs are not part of this workspace
      const found = core.workspace.find(args.channel ?? users?.[0] ?? '');
      if (found?.kind !== 'im') throw new Refusal(users === undefined ? 'channel_not_found' : 'user_not_found');
      return { channel: args.return_im === true ? conversationJson(found) : { id: found.id } };
    },
  ),
  'conversations.join': method({ scopes: ['channels:join'], args: z.looseObject({ channel }) }, (args, core) => {
    const conversation = core.workspace.conversation(args.channel);
    if (conversation.kind === 'im') throw new Refusal('method_not_supported_for_channel_type');
    const already = conversation.members.has(BOT_USER_ID);
    conversation.members.add(BOT_USER_ID);
    core.workspace.changed();
    if (!already) tell(core, 'member_joined_channel', { type: 'member_joined_channel', user: BOT_USER_ID, channel: conversation.id, channel_type: 'C' });
    return { channel: conversationJson(conversation), ...(already ? { warning: 'already_in_channel' } : {}) };
  }),
};
