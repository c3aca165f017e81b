import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { startLocalSlack } from '../../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack, LocalSlackOptions } from '../../../src/sandbox/slack/types.ts';

export const ANA = 'U0ANA0001';
export const BEN = 'U0BEN0002';
export const OPS = 'C0OPS00001';

/** A manifest with everything the tests use. */
export const MANIFEST = {
  display_information: { name: 'opsloop', description: 'A closed-loop operations bot' },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true },
    bot_user: { display_name: 'opsloop' },
    shortcuts: [{ name: 'Analyse this', type: 'message', callback_id: 'analyse', description: 'Analyse a message' }],
    slash_commands: [
      { command: '/ops', description: 'Ask opsloop', usage_hint: '[help]' },
      { command: '/detect', description: 'Look for trouble now' },
    ],
    unfurl_domains: ['opsloop.example.com'],
    agent_view: { agent_description: 'Asks the loop' },
  },
  oauth_config: {
    scopes: {
      bot: [
        'app_mentions:read',
        'assistant:write',
        'channels:history',
        'channels:join',
        'channels:read',
        'chat:write',
        'commands',
        'files:read',
        'files:write',
        'im:history',
        'im:read',
        'im:write',
        'links:read',
        'links:write',
        'reactions:read',
        'reactions:write',
        'usergroups:read',
        'users:read',
        'users:read.email',
      ],
    },
  },
  settings: {
    event_subscriptions: {
      bot_events: [
        'app_home_opened',
        'app_mention',
        'assistant_thread_started',
        'link_shared',
        'message.channels',
        'message.im',
        'reaction_added',
        'reaction_removed',
      ],
    },
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  },
};

/** The manifest with one of its bot scopes taken away. */
export function without(scope: string): unknown {
  const bot = MANIFEST.oauth_config.scopes.bot.filter((one) => one !== scope);
  return { ...MANIFEST, oauth_config: { scopes: { bot } } };
}

export const local = (options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> => startLocalSlack({ manifest: MANIFEST, ...options });

/** Refusals are what these tests are about; they need no log. */
const QUIET: Logger = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} };

/** The real client, which gives up at once so that a test sees each answer. */
export const clientOf = (slack: LocalSlack, token = slack.botToken): WebClient =>
  new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: QUIET });

/** The real Bolt app in Socket Mode; `register` adds listeners before it starts. */
export async function boltOn(slack: LocalSlack, register: (app: App) => void = () => {}, socket: { readonly clientPingTimeout?: number } = {}): Promise<App> {
  const clientOptions = { slackApiUrl: slack.apiUrl };
  // The gap before a reconnect is the ping timeout, which only a receiver of one's own can shorten.
  const receiver = new SocketModeReceiver({ appToken: slack.appToken, logger: QUIET, installerOptions: { clientOptions }, ...socket });
  const app = new App({ token: slack.botToken, receiver, logger: QUIET, clientOptions });
  app.error(async (error) => {
    throw error;
  });
  register(app);
  await app.start();
  return app;
}

export const button = (text: string, actionId: string, value = 'v') => ({ type: 'button', text: { type: 'plain_text', text }, action_id: actionId, value });
export const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
/** What the Web API answered instead of ok. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return (error as { data?: { error?: string } }).data?.error ?? String(error);
  }
}
