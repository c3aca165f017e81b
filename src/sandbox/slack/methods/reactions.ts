import { z } from 'zod';
import { type Core, tell } from '../core.ts';
import { Refusal } from '../refusal.ts';
import type { LocalMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { BOT_USER_ID } from '../workspace.ts';
import { type ApiMethod, method } from './method.ts';

/** Slack's own name of a reaction: `thumbsup` is `+1`, skin tones stay (`+1::skin-tone-3`). */
export function reactionName(name: string): string {
  const [base = '', ...tone] = name.replace(/^:|:$/g, '').split('::');
  if (!/^[\w+'-]{1,100}$/.test(base) || (tone[0] !== undefined && !/^skin-tone-[2-6]$/.test(tone[0])) || tone.length > 1) throw new Refusal('invalid_name');
  const canonical = { thumbsup: '+1', thumbsdown: '-1' }[base] ?? base;
  return [canonical, ...tone].join('::');
}

/** Puts a reaction on, or takes it off, and tells the app. */
export function setReaction(core: Core, channel: string, ts: string, userId: string, rawName: string, on: boolean): void {
  const name = reactionName(rawName);
  const { id } = core.workspace.conversation(channel);
  const message = core.workspace.message(id, ts);
  if (message === null) throw new Refusal('message_not_found');
  const users = message.reactions.find((one) => one.name === name)?.users ?? [];
  if (on && users.includes(userId)) throw new Refusal('already_reacted');
  if (!on && !users.includes(userId)) throw new Refusal('no_reaction');
  const after = on ? [...users, userId] : users.filter((one) => one !== userId);
  const index = message.reactions.findIndex((one) => one.name === name);
  const all = index < 0 ? [...message.reactions, { name, users: after }] : message.reactions.with(index, { name, users: after });
  core.workspace.replace({ ...message, reactions: all.filter((one) => one.users.length > 0) });
  const type = on ? 'reaction_added' : 'reaction_removed';
  tell(core, type, { type, user: userId, reaction: name, item_user: message.user, item: { type: 'message', channel: id, ts } });
}

const target = z.looseObject({ channel: z.string().min(1), timestamp: z.string().min(1), name: z.string().min(1) });

function reacted(core: Core, channel: string, ts: string): LocalMessage {
  const message = core.workspace.message(core.workspace.conversation(channel).id, ts);
  if (message === null) throw new Refusal('message_not_found');
  return message;
}

export const reactionMethods: Readonly<Record<string, ApiMethod>> = {
  'reactions.add': method({ scopes: ['reactions:write'], args: target }, (args, core) => {
    setReaction(core, args.channel, args.timestamp, BOT_USER_ID, args.name, true);
    return {};
  }),
  'reactions.remove': method({ scopes: ['reactions:write'], args: target }, (args, core) => {
    setReaction(core, args.channel, args.timestamp, BOT_USER_ID, args.name, false);
    return {};
  }),
  'reactions.get': method({ scopes: ['reactions:read'], args: target.omit({ name: true }) }, (args, core) => {
    const message = reacted(core, args.channel, args.timestamp);
    return { type: 'message', channel: message.channel, message: messageJson(core.workspace, message, core.baseUrl) };
  }),
};
