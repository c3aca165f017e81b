import type { App, MessageShortcut } from '@slack/bolt';
import { messageShortcuts } from '../../../commands/registry.ts';
import { answering } from '../answer.ts';
import { askerOf, type EdgeContext, subjectAt, tools } from '../context.ts';
import type { Windows } from '../windows.ts';

export function listenToShortcuts(app: App, context: EdgeContext, windows: Windows): void {
  for (const shortcut of messageShortcuts) {
    app.shortcut<MessageShortcut>({ callback_id: shortcut.callbackId, type: 'message_action' }, async ({ ack, body, respond }) => {
      await ack();
      const thread: unknown = body.message['thread_ts'];
      const where = { channel: body.channel.id, threadTs: typeof thread === 'string' ? thread : null, userId: body.user.id, respond: respond ?? null };
      const asker = askerOf(context, body.user.id, body.channel.id);
      answering(
        context,
        where,
        async () => (await asker).forMe,
        async (under) => {
          const about = await subjectAt(context, { channel: body.channel.id, ts: body.message.ts });
          const result = await shortcut.run({ ...(await asker), text: body.message.text ?? '', about }, tools(context, under));
          if (!('modal' in result)) return result;
          await windows.open(context, body.trigger_id, result.modal, where);
          return null;
        },
      );
    });
  }
}
