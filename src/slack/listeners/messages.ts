import type { App } from '@slack/bolt';
import type { EdgeContext } from '../context.ts';
import { createSeen } from '../seen.ts';
import { onText } from '../text.ts';

/** Kinds of message a person types; edits, joins and bots' messages are none. */
const TYPED: ReadonlySet<string | undefined> = new Set([undefined, 'file_share', 'thread_broadcast']);

/** Mentions in channels, and everything in a DM. */
export function listenToMessages(app: App, context: EdgeContext): void {
  const seen = createSeen();
  const { store, clock } = context;
  const said = async (message: { channel: string; ts: string; thread_ts?: string | undefined; user: string; text: string }): Promise<void> => {
    // A mention in a DM may come as both events, and with several replicas each to another.
    const name = `${message.channel}:${message.ts}`;
    if (seen(name) || (store.engine === 'postgres' && !(await store.dedupe.firstTime(`said:${name}`, clock.now())))) return;
    const threadTs = message.thread_ts ?? (message.channel.startsWith('D') ? null : message.ts);
    onText(context, { channel: message.channel, threadTs, userId: message.user, respond: null }, message.text, null);
  };
  app.event('app_mention', async ({ event }) => {
    if (event.user === undefined || event.bot_id !== undefined) return;
    await said({ ...event, user: event.user });
  });
  app.event('message', async ({ event }) => {
    if (event.channel_type !== 'im' || !TYPED.has(event.subtype)) return;
    if (!('user' in event) || typeof event.user !== 'string' || event.user === context.botUserId) return;
    if ('bot_id' in event && event.bot_id !== undefined) return;
    const threadTs = 'thread_ts' in event && typeof event.thread_ts === 'string' ? event.thread_ts : undefined;
    const text = 'text' in event && typeof event.text === 'string' ? event.text : '';
    await said({ channel: event.channel, ts: event.ts, thread_ts: threadTs, user: event.user, text });
  });
}
