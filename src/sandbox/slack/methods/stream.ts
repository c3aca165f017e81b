import { z } from 'zod';
import { LIMITS } from '../../../../blocks/limits/numbers.ts';
import { type Core, tellMessage } from '../core.ts';
import { Refusal, refuseFor } from '../refusal.ts';
import type { Json, LocalMessage } from '../types.ts';
import { messageJson } from '../wire.ts';
import { BOT_USER_ID } from '../workspace.ts';
import { acceptMetadata, threadOf } from './chat.ts';
import { type ApiMethod, acceptBlocks, jsonArg, method } from './method.ts';

const TaskSchema = z.strictObject({
  type: z.literal('task_update'),
  id: z.string().min(1),
  title: z.string().min(1),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: z.string().optional(),
  output: z.string().optional(),
  sources: z.array(z.unknown()).optional(),
});
const ChunksSchema = z.array(
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('markdown_text'), text: z.string() }),
    TaskSchema,
    z.strictObject({ type: z.literal('plan_update'), title: z.string().min(1) }),
    z.strictObject({ type: z.literal('blocks'), blocks: z.array(z.unknown()) }),
  ]),
);
type Chunk = z.infer<typeof ChunksSchema>[number];
const pieces = { markdown_text: z.string().optional(), chunks: jsonArg.optional() };

const rich = (text: string): Json => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] });

function chunksOf(args: { markdown_text?: string | undefined; chunks?: unknown }): Chunk[] {
  if ((args.markdown_text?.length ?? 0) > LIMITS.markdownText) throw new Refusal('msg_too_long');
  const parsed = ChunksSchema.safeParse(args.chunks ?? []);
  if (!parsed.success)
    throw refuseFor(
      'invalid_chunks',
      parsed.error.issues.map((issue) => issue.message),
    );
  return args.markdown_text === undefined ? parsed.data : [{ type: 'markdown_text', text: args.markdown_text }, ...parsed.data];
}

/** The blocks of a stream after one more chunk: text grows, tasks are kept in one plan by their id. */
function append(blocks: readonly Json[], chunk: Chunk): Json[] {
  const last = blocks.at(-1);
  if (chunk.type === 'blocks') return [...blocks, ...(chunk.blocks as Json[])];
  if (chunk.type === 'markdown_text') {
    if (last?.['type'] === 'markdown') return [...blocks.slice(0, -1), { ...last, text: `${last['text']}${chunk.text}` }];
    return chunk.text === '' ? [...blocks] : [...blocks, { type: 'markdown', text: chunk.text }];
  }
  const index = blocks.findIndex((block) => block['type'] === 'plan');
  const plan: Json = blocks[index] ?? { type: 'plan', title: 'Working', tasks: [] };
  const changed = chunk.type === 'plan_update' ? { ...plan, title: chunk.title } : { ...plan, tasks: withTask(plan['tasks'] as Json[], chunk) };
  return index < 0 ? [...blocks, changed] : blocks.with(index, changed);
}

function withTask(tasks: readonly Json[], chunk: z.infer<typeof TaskSchema>): Json[] {
  const { id, title, status, details, output, sources } = chunk;
  const extra = {
    ...(details === undefined ? {} : { details: rich(details) }),
    ...(output === undefined ? {} : { output: rich(output) }),
    ...(sources === undefined ? {} : { sources }),
  };
  const index = tasks.findIndex((task) => task['task_id'] === id);
  const task = { ...tasks[index], type: 'task_card', task_id: id, title, status, ...extra };
  return index < 0 ? [...tasks, task] : [...tasks].with(index, task);
}

function grown(core: Core, message: LocalMessage, chunks: readonly Chunk[]): LocalMessage {
  const blocks = acceptBlocks(core, chunks.reduce<Json[]>(append, [...message.blocks]));
  return { ...message, blocks, text: message.text + chunks.map((chunk) => (chunk.type === 'markdown_text' ? chunk.text : '')).join('') };
}

function streamed(core: Core, channel: string, ts: string): LocalMessage {
  const message = core.workspace.message(core.workspace.conversation(channel).id, ts);
  if (message === null) throw new Refusal('message_not_found');
  if (!message.fromBot) throw new Refusal('message_not_owned_by_app');
  if (!message.streaming) throw new Refusal('message_not_in_streaming_state');
  return message;
}

export const streamMethods: Readonly<Record<string, ApiMethod>> = {
  'chat.startStream': method(
    {
      scopes: ['chat:write'],
      args: z.looseObject({
        channel: z.string().min(1),
        thread_ts: z.string().min(1),
        recipient_user_id: z.string().optional(),
        recipient_team_id: z.string().optional(),
        ...pieces,
      }),
    },
    (args, core) => {
      const conversation = core.workspace.conversation(args.channel);
      if (!conversation.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
      if (conversation.kind === 'channel' && args.recipient_user_id === undefined) throw new Refusal('missing_recipient_user_id');
      if (conversation.kind === 'channel' && args.recipient_team_id === undefined) throw new Refusal('missing_recipient_team_id');
      const threadTs = threadOf(core, conversation.id, args.thread_ts);
      const draft = { ...core.workspace.draft(conversation.id, BOT_USER_ID, ''), threadTs, streaming: true };
      const message = core.workspace.post(grown(core, draft, chunksOf(args)));
      return { channel: message.channel, ts: message.ts };
    },
  ),
  'chat.appendStream': method(
    { scopes: ['chat:write'], args: z.looseObject({ channel: z.string().min(1), ts: z.string().min(1), ...pieces }) },
    (args, core) => {
      const message = streamed(core, args.channel, args.ts);
      const chunks = chunksOf(args);
      if (chunks.length === 0) throw new Refusal('no_text');
      core.workspace.replace(grown(core, message, chunks));
      return { channel: message.channel, ts: message.ts };
    },
  ),
  'chat.stopStream': method(
    {
      scopes: ['chat:write'],
      args: z.looseObject({ channel: z.string().min(1), ts: z.string().min(1), ...pieces, blocks: jsonArg.optional(), metadata: jsonArg.optional() }),
    },
    (args, core) => {
      const message = streamed(core, args.channel, args.ts);
      const whole = grown(core, message, chunksOf(args));
      const blocks = [...whole.blocks, ...acceptBlocks(core, args.blocks)];
      const done = { ...whole, blocks, streaming: false, metadata: acceptMetadata(args.metadata) };
      core.workspace.replace(done);
      tellMessage(core, done.channel, done.ts);
      return { channel: done.channel, ts: done.ts, message: messageJson(core.workspace, done, core.baseUrl) };
    },
  ),
};
