import type { App } from '@slack/bolt';
import { mainSlashCommand, slashCommands } from '../../../commands/registry.ts';
import type { CommandName } from '../../../commands/types.ts';
import type { EdgeContext } from '../context.ts';
import { createSeen } from '../seen.ts';
import { onText } from '../text.ts';

export function listenToCommands(app: App, context: EdgeContext): void {
  const seen = createSeen();
  const listen = (slash: string, fixed: CommandName | null): void =>
    app.command(slash, async ({ ack, body, respond }) => {
      await ack();
      if (body.trigger_id && seen(body.trigger_id)) return;
      onText(context, { channel: body.channel_id, threadTs: null, userId: body.user_id, respond: respond ?? null }, body.text ?? '', fixed);
    });
  listen(mainSlashCommand, null);
  for (const name of slashCommands) listen(`/${name}`, name);
}
