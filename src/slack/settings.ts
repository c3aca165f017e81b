import type { Config } from '../config.ts';
import { OpsError } from '../domain/errors.ts';

/** What the Slack edge cannot do without. OpsError('invalid_input') says what is missing and where it comes from. */
export function requiredSettings(slack: Config['slack']): { botToken: string; appToken: string; channel: string } {
  const missing = (what: string, how: string): OpsError => new OpsError('invalid_input', `Slack is not set up: ${what} is missing.`, how);
  if (slack.bot_token === undefined) throw missing('the bot token', 'Set SLACK_BOT_TOKEN (xoxb-…, "OAuth & Permissions" of the app).');
  if (slack.app_token === undefined) throw missing('the app token', 'Set SLACK_APP_TOKEN (xapp-…, "Basic Information" of the app, scope connections:write).');
  if (slack.channel === undefined) throw missing('the channel for alerts', 'Set slack.channel or SLACK_CHANNEL to its id (C…).');
  return { botToken: slack.bot_token, appToken: slack.app_token, channel: slack.channel };
}
