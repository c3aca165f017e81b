import { App } from '@slack/bolt';
import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { withOrigin } from '../domain/origin.ts';
import type { SlackEdgeParts } from './app.ts';
import { clientOptions, type SlackClient, slackLogger } from './client.ts';
import type { Connection } from './connection.ts';
import { FATAL_AUTH_ERRORS, slackErrorCode, slackFailure } from './errors.ts';
import { slackOrigin } from './origin.ts';
import { neededScopes } from './scopes.ts';
import { createTurns } from './seen.ts';

/** Who the bot is in this workspace. */
export interface Me {
  readonly userId: string;
  readonly botId: string;
  readonly workspaceUrl: string | null;
}

/** Asks Slack; says which scopes the app lacks. OpsError('forbidden') when the token is refused. */
export async function whoAmI(client: SlackClient, log: Log): Promise<Me> {
  try {
    const { user_id: userId, bot_id: botId, url, response_metadata: metadata } = await client.auth.test();
    const has = metadata?.scopes;
    const missing = has === undefined ? [] : neededScopes().filter((scope) => !has.includes(scope));
    if (missing.length > 0) log.warn({ missing }, 'the Slack app lacks scopes: install it again from manifest.yml');
    return { userId: userId ?? '', botId: botId ?? '', workspaceUrl: url ?? null };
  } catch (thrown) {
    const said = slackErrorCode(thrown);
    if (said === null || !FATAL_AUTH_ERRORS.has(said)) throw slackFailure('auth.test', thrown);
    throw new OpsError('forbidden', `Slack refused the bot token: ${said}.`, 'Set SLACK_BOT_TOKEN to the token of the installed app (xoxb-…).', {
      cause: thrown,
    });
  }
}

/** A Bolt app that knows who it is, handles each event once, and never lets an error out. */
export function createApp(connection: Connection, botToken: string, me: Me, { store, clock, log, slack }: SlackEdgeParts): App {
  const app = new App({
    receiver: connection.receiver,
    authorize: async () => ({ botToken, botUserId: me.userId, botId: me.botId }),
    logger: slackLogger(log),
    clientOptions: clientOptions(slack.api_url, log),
    convoStore: false,
  });
  app.use(({ body, next }) => withOrigin(slackOrigin(body), next));
  const turn = createTurns();
  app.use(async ({ body, next }) => {
    const eventId: unknown = 'event_id' in body ? body.event_id : undefined;
    if (typeof eventId !== 'string') return next();
    await turn(); // Bolt has acknowledged the event by now
    if (await store.dedupe.firstTime(`event:${eventId}`, clock.now())) await next();
  });
  app.error(async (error) => log.error({ error: error.message, cause: String(error.original ?? '') }, 'something Slack sent could not be handled'));
  return app;
}
