import { OpsError } from '../../../domain/errors.ts';
import { type Core, tell, tellMessage } from '../core.ts';
import { setReaction } from '../methods/reactions.ts';
import { Refusal } from '../refusal.ts';
import type { AppReply, LocalMessage } from '../types.ts';
import { BOT_USER_ID, dmId, TEAM } from '../workspace.ts';
import { dispatch, responseUrl } from './interaction.ts';

/** Runs what a person does; a refusal becomes words for whoever wrote the script. */
export function doing<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new OpsError('invalid_input', `Slack would not let a person do this: ${what} (${error.error}).`, null, { cause: error });
  }
}

export function say(core: Core, userId: string, channel: string, text: string, threadTs: string | null): LocalMessage {
  return doing(`say "${text.slice(0, 40)}" in ${channel}`, () => {
    if (text.trim() === '') throw new Refusal('no_text');
    const conversation = core.workspace.conversation(channel);
    if (!conversation.members.has(userId)) throw new Refusal('not_in_channel');
    const message = core.workspace.post({ ...core.workspace.draft(conversation.id, userId, text), threadTs });
    tellMessage(core, conversation.id, message.ts);
    if (conversation.kind === 'channel' && text.includes(`<@${BOT_USER_ID}>`)) mentioned(core, message);
    tellLinks(core, message);
    return message;
  });
}

function mentioned(core: Core, message: LocalMessage): void {
  const thread = message.threadTs === null ? {} : { thread_ts: message.threadTs };
  tell(core, 'app_mention', {
    type: 'app_mention',
    user: message.user,
    text: message.text,
    ts: message.ts,
    channel: message.channel,
    team: TEAM.id,
    ...thread,
  });
}

function tellLinks(core: Core, message: LocalMessage): void {
  const links = [...message.text.matchAll(/https?:\/\/[^\s<>|]+/g)].map(([url]) => ({ url, domain: URL.canParse(url) ? new URL(url).hostname : '' }));
  const known = links.filter(({ domain }) => core.manifest.unfurlDomains.includes(domain));
  if (known.length === 0) return;
  tell(core, 'link_shared', {
    type: 'link_shared',
    user: message.user,
    channel: message.channel,
    message_ts: message.ts,
    links: known,
    is_bot_user_member: true,
    source: 'conversations_history',
    unfurl_id: '',
  });
}

export function react(core: Core, userId: string, channel: string, ts: string, name: string, on: boolean): void {
  doing(`${on ? 'react' : 'take back the reaction'} ${name}`, () => setReaction(core, channel, ts, userId, name, on));
}

/** What Slack does with a line that starts with `/`: an unknown command is refused at once and never reaches the app. */
export async function command(core: Core, userId: string, name: string, text: string, channel: string): Promise<AppReply> {
  const conversation = doing(`use ${name}`, () => core.workspace.conversation(channel));
  if (!core.manifest.commands.some((one) => one.command === name)) {
    core.notSent.push({ what: name, reason: 'the manifest has no such command' });
    core.workspace.whisper({ ...core.workspace.draft(conversation.id, 'USLACKBOT', `\`${name}\` is not a valid command.`), ephemeralTo: userId });
    return { ok: false, error: 'invalid_command', message: null };
  }
  const handle = core.workspace.people.get(userId)?.handle ?? userId;
  const payload = {
    token: 'local-verification',
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: conversation.id,
    channel_name: conversation.kind === 'im' ? 'directmessage' : conversation.name,
    user_id: userId,
    user_name: handle,
    command: name,
    text,
    api_app_id: 'A0OPSLOOP1',
    is_enterprise_install: 'false',
    response_url: responseUrl(core, conversation.id, userId, null),
    trigger_id: core.triggers.issue(userId),
  };
  const { ok, error, message } = await dispatch(core, 'slash_commands', payload, { channel: conversation.id, userId });
  if (!ok) core.workspace.whisper({ ...core.workspace.draft(conversation.id, 'USLACKBOT', `${name} failed with the error "${error}"`), ephemeralTo: userId });
  return { ok, error, message };
}

export function openHome(core: Core, userId: string): void {
  const view = core.workspace.homes.get(userId);
  tell(core, 'app_home_opened', { type: 'app_home_opened', user: userId, channel: dmId(userId), tab: 'home', ...(view === undefined ? {} : { view }) });
}

export function openAgent(core: Core, userId: string): { channel: string; threadTs: string } {
  const channel = dmId(userId);
  const threadTs = core.workspace.nextTs();
  core.workspace.agentThreads.set(`${channel}:${threadTs}`, { status: '', title: '', prompts: [] });
  const oldest = core.workspace.agentThreads.keys().next().value;
  if (core.workspace.agentThreads.size > 500 && oldest !== undefined) core.workspace.agentThreads.delete(oldest);
  core.workspace.changed();
  tell(core, 'assistant_thread_started', {
    type: 'assistant_thread_started',
    assistant_thread: { user_id: userId, context: {}, channel_id: channel, thread_ts: threadTs },
  });
  return { channel, threadTs };
}
