import type { App } from '@slack/bolt';
import { logFailure } from '../client.ts';
import type { EdgeContext } from '../context.ts';
import type { Home } from '../home.ts';

export function listenToHome(app: App, context: EdgeContext, home: Home): void {
  app.event('app_home_opened', async ({ event }) => {
    const opened = context.workers.run(async () => {
      await home
        .opened(context, event.user, event.tab ?? 'messages')
        .catch((error: unknown) => logFailure(context.log, error, { user: event.user }, 'the Home tab could not be shown'));
    });
    if (!opened) context.log.warn({ user: event.user }, 'too busy to show the Home tab');
  });
}
