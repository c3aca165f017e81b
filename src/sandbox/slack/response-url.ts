import { z } from 'zod';
import { type Core, tellMessage } from './core.ts';
import { acceptContent, threadOf } from './methods/chat.ts';
import { boolArg } from './methods/method.ts';
import type { ResponseTarget } from './passes.ts';
import { Refusal } from './refusal.ts';
import type { Json, LocalMessage } from './types.ts';
import { BOT_USER_ID } from './workspace.ts';

const ResponseSchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: boolArg.default(false),
  delete_original: boolArg.default(false),
  thread_ts: z.string().optional(),
});

function originalOf(core: Core, target: ResponseTarget): LocalMessage | null {
  if (target.messageTs === null) return null;
  const whispered = core.workspace.ephemerals(target.userId).find((message) => message.ts === target.messageTs);
  return whispered ?? core.workspace.message(target.channel, target.messageTs);
}

/** A post to a response_url: a new message, or a change to the one that was pressed on. Null: it was deleted. */
export function respond(core: Core, target: ResponseTarget, body: Json): LocalMessage | null {
  const parsed = ResponseSchema.safeParse(body);
  if (!parsed.success) throw new Refusal('invalid_payload');
  const args = parsed.data;
  const original = originalOf(core, target);
  if (args.delete_original) {
    if (original !== null) core.workspace.remove(original);
    return null;
  }
  const shown = acceptContent(core, args);
  if (args.replace_original && original !== null) {
    const changed = { ...original, ...shown, editedTs: original.ephemeralTo === null ? core.workspace.nextTs() : null };
    core.workspace.replace(changed);
    return changed;
  }
  const message = { ...core.workspace.draft(target.channel, BOT_USER_ID, ''), ...shown, threadTs: threadOf(core, target.channel, args.thread_ts) };
  if (args.response_type === 'ephemeral') return core.workspace.whisper({ ...message, ephemeralTo: target.userId });
  core.workspace.post(message);
  tellMessage(core, target.channel, message.ts);
  return message;
}
