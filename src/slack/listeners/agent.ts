import type { App } from '@slack/bolt';
import { words } from '../../../commands/words.ts';
import { call, logFailure } from '../client.ts';
import { askerOf, type EdgeContext, isPaneThread } from '../context.ts';

/** Conversations of the agent pane. What people say there goes the way of every message; this adds what only the pane shows. */
export interface AgentPane {
  /** Says what is being done until the returned function is called; nothing outside the pane's threads. */
  working(channel: string, threadTs: string | null, userId: string): Promise<() => Promise<void>>;
}

/** A new conversation in the agent pane is offered the first things to try, in the person's language. */
export function listenToAgent(app: App, context: EdgeContext): AgentPane {
  app.event('assistant_thread_started', async ({ event }) => {
    const { user_id: userId, channel_id: channel, thread_ts: threadTs } = event.assistant_thread;
    const { agentTitle: title, agentPrompts } = words((await askerOf(context, userId, null)).forMe.locale);
    const [first, ...rest] = agentPrompts.map((prompt) => ({ title: prompt.title, message: prompt.message }));
    if (first === undefined) return;
    await call('assistant.threads.setSuggestedPrompts', () =>
      context.client.assistant.threads.setSuggestedPrompts({ channel_id: channel, thread_ts: threadTs, title, prompts: [first, ...rest] }),
    ).catch((error: unknown) => logFailure(context.log, error, { channel }, 'the agent pane suggests nothing'));
  });
  const setStatus = async (channel: string, threadTs: string, status: string): Promise<void> => {
    await call('assistant.threads.setStatus', () => context.client.assistant.threads.setStatus({ channel_id: channel, thread_ts: threadTs, status })).catch(
      (error: unknown) => context.log.debug({ error: String(error) }, 'the agent pane shows no status'),
    );
  };
  return {
    async working(channel, threadTs, userId) {
      if (threadTs === null || !isPaneThread({ channel, threadTs })) return async () => {};
      await setStatus(channel, threadTs, words((await askerOf(context, userId, null)).forMe.locale).agentWorking);
      return () => setStatus(channel, threadTs, '');
    },
  };
}
