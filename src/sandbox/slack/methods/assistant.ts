import { z } from 'zod';
import type { Core } from '../core.ts';
import { Refusal } from '../refusal.ts';
import type { AgentThread } from '../workspace.ts';
import { type ApiMethod, jsonArg, method } from './method.ts';

const thread = { channel_id: z.string().min(1), thread_ts: z.string().min(1) };
const PROMPTS_MAX = 4;

function change(core: Core, channel: string, threadTs: string, part: Partial<AgentThread>): void {
  const { id } = core.workspace.conversation(channel);
  const key = `${id}:${threadTs}`;
  const known = core.workspace.agentThreads.get(key);
  if (known === undefined && core.workspace.message(id, threadTs) === null) throw new Refusal('invalid_thread_ts');
  core.workspace.agentThreads.set(key, { status: '', title: '', prompts: [], ...known, ...part });
  core.workspace.changed();
}

export const assistantMethods: Readonly<Record<string, ApiMethod>> = {
  'assistant.threads.setStatus': method({ scopes: ['assistant:write', 'chat:write'], args: z.looseObject({ ...thread, status: z.string() }) }, (args, core) => {
    change(core, args.channel_id, args.thread_ts, { status: args.status });
    return {};
  }),
  'assistant.threads.setTitle': method({ scopes: ['assistant:write'], args: z.looseObject({ ...thread, title: z.string() }) }, (args, core) => {
    change(core, args.channel_id, args.thread_ts, { title: args.title });
    return {};
  }),
  'assistant.threads.setSuggestedPrompts': method(
    {
      scopes: ['assistant:write'],
      args: z.looseObject({
        channel_id: thread.channel_id,
        thread_ts: z.string().optional(),
        prompts: jsonArg.pipe(
          z
            .array(z.looseObject({ title: z.string().min(1), message: z.string().min(1) }))
            .min(1)
            .max(PROMPTS_MAX),
        ),
      }),
    },
    (args, core) => {
      const { id } = core.workspace.conversation(args.channel_id);
      const latest = [...core.workspace.agentThreads.keys()].findLast((key) => key.startsWith(`${id}:`))?.split(':')[1];
      change(core, id, args.thread_ts ?? latest ?? '', { prompts: args.prompts.map(({ title, message }) => ({ title, message })) });
      return {};
    },
  ),
};
