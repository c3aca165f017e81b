import type { Json, LocalFile, LocalMessage, LocalPerson } from './types.ts';
import { APP_ID, BOT_ID, BOT_USER_ID, type Conversation, TEAM, type Workspace } from './workspace.ts';

/** The workspace's things in the form in which Slack sends them. */

export function messageJson(workspace: Workspace, message: LocalMessage, baseUrl: string): Json {
  const replies = message.threadTs === message.ts ? workspace.thread(message.channel, message.ts).slice(1) : [];
  const last = replies.at(-1);
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: TEAM.id,
    ...(message.fromBot ? { bot_id: BOT_ID, app_id: APP_ID } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.reactions.length > 0 ? { reactions: message.reactions.map((one) => ({ ...one, count: one.users.length })) } : {}),
    ...(message.files.length > 0 ? { files: message.files.map((file) => fileJson(file, baseUrl)) } : {}),
    ...(message.editedTs === null ? {} : { edited: { user: message.user, ts: message.editedTs } }),
    ...(message.streaming ? { streaming_state: 'in_progress' } : {}),
    ...(last === undefined
      ? {}
      : {
          reply_count: replies.length,
          reply_users: [...new Set(replies.map((reply) => reply.user))],
          latest_reply: last.ts,
          reply_users_count: new Set(replies.map((reply) => reply.user)).size,
        }),
  };
}

export function userJson(person: LocalPerson): Json {
  const offsetS = offsetOf(person.timeZone);
  return {
    id: person.id,
    team_id: TEAM.id,
    name: person.handle,
    real_name: person.name,
    deleted: person.deactivated ?? false,
    locale: person.locale,
    tz: person.timeZone,
    tz_label: person.timeZone,
    tz_offset: offsetS,
    is_admin: person.admin ?? false,
    is_owner: false,
    is_bot: false,
    is_app_user: false,
    is_restricted: person.guest ?? false,
    is_ultra_restricted: false,
    updated: 0,
    profile: { real_name: person.name, display_name: person.name, email: `${person.handle}@example.com`, team: TEAM.id },
  };
}

export function botUserJson(name: string): Json {
  return {
    id: BOT_USER_ID,
    team_id: TEAM.id,
    name,
    real_name: name,
    deleted: false,
    locale: 'en-US',
    tz: 'UTC',
    tz_offset: 0,
    is_bot: true,
    is_app_user: false,
    updated: 0,
    profile: { real_name: name, display_name: name, bot_id: BOT_ID, api_app_id: APP_ID, team: TEAM.id },
  };
}

function offsetOf(timeZone: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(new Date()).find((part) => part.type === 'timeZoneName');
  const match = /GMT([+-])(\d+):(\d+)/.exec(name?.value ?? '');
  return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

export function conversationJson(conversation: Conversation): Json {
  const im = conversation.kind === 'im';
  const common = {
    id: conversation.id,
    created: conversation.createdAtS,
    is_archived: false,
    is_im: im,
    is_mpim: false,
    is_org_shared: false,
    context_team_id: TEAM.id,
  };
  if (im) return { ...common, user: conversation.with, is_user_deleted: false, priority: 0 };
  return {
    ...common,
    name: conversation.name,
    name_normalized: conversation.name,
    is_channel: true,
    is_group: false,
    is_private: conversation.isPrivate,
    is_general: conversation.name === 'general',
    is_shared: conversation.isShared,
    is_ext_shared: conversation.isShared,
    is_member: conversation.members.has(BOT_USER_ID),
    num_members: conversation.members.size,
    creator: [...conversation.members][0],
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    unlinked: 0,
  };
}

export function fileJson(file: LocalFile, baseUrl: string): Json {
  return {
    id: file.id,
    created: Math.floor(file.createdAtMs / 1000),
    timestamp: Math.floor(file.createdAtMs / 1000),
    name: file.name,
    title: file.title,
    alt_txt: file.altText,
    mimetype: file.mimeType,
    filetype: file.name.split('.').at(-1) ?? '',
    size: file.bytes.length,
    mode: 'hosted',
    user: BOT_USER_ID,
    user_team: TEAM.id,
    is_external: false,
    is_public: file.channels.length > 0,
    channels: file.channels,
    groups: [],
    ims: [],
    url_private: `${baseUrl}files/${file.id}/${encodeURIComponent(file.name)}`,
    url_private_download: `${baseUrl}files/${file.id}/download/${encodeURIComponent(file.name)}`,
    permalink: `${baseUrl}files/${file.id}`,
  };
}
