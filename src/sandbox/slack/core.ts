import type { AppManifest } from './manifest.ts';
import type { ResponseUrls, Triggers } from './passes.ts';
import type { SocketHub } from './socket-hub.ts';
import type { Json, NotSent } from './types.ts';
import { messageJson } from './wire.ts';
import { APP_ID, BOT_USER_ID, TEAM, type Workspace } from './workspace.ts';

/** What every part of the local Slack shares. */
export interface Core {
  readonly workspace: Workspace;
  readonly manifest: AppManifest;
  readonly hub: SocketHub;
  readonly triggers: Triggers;
  readonly responses: ResponseUrls;
  readonly baseUrl: string; // http://127.0.0.1:PORT/
  readonly notSent: NotSent[];
}

/** The scope an app needs to be told of an event; null: none. */
function scopeOf(subscription: string): string | null {
  if (subscription.startsWith('message.')) return subscription === 'message.im' ? 'im:history' : 'channels:history';
  const scopes: Readonly<Record<string, string>> = {
    app_mention: 'app_mentions:read',
    reaction_added: 'reactions:read',
    reaction_removed: 'reactions:read',
    link_shared: 'links:read',
    assistant_thread_started: 'assistant:write',
    assistant_thread_context_changed: 'assistant:write',
    member_joined_channel: 'channels:read',
    file_shared: 'files:read',
  };
  return scopes[subscription] ?? null;
}

const NOT_SENT_MAX = 1000;

/** Why the app is not told of this kind of event; null: it is. */
function obstacleTo(core: Core, subscription: string): string | null {
  if (!core.manifest.events.has(subscription)) return 'the manifest does not subscribe to it';
  const scope = scopeOf(subscription);
  return scope === null || core.manifest.scopes.has(scope) ? null : `the manifest lacks the scope ${scope}`;
}

/**
 * Tells the app of an event, if its manifest subscribes to it and has the scope. `subscription` is the name in the manifest
 * (`message.im`), which for messages is not the event's type. Does not wait for the acknowledgement.
 */
export function tell(core: Core, subscription: string, event: Json): void {
  const obstacle = obstacleTo(core, subscription);
  if (obstacle !== null) {
    core.notSent.push({ what: subscription, reason: obstacle });
    if (core.notSent.length > NOT_SENT_MAX) core.notSent.shift();
    return;
  }
  const eventTs = core.workspace.nextTs();
  void core.hub.sendEvent({
    type: 'event_callback',
    token: 'local-verification',
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    api_app_id: APP_ID,
    event: { event_ts: eventTs, ...event },
    event_id: core.workspace.nextId('Ev'),
    event_time: Math.floor(core.workspace.now() / 1000),
    authorizations: [{ enterprise_id: null, team_id: TEAM.id, user_id: BOT_USER_ID, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
  });
}

/** Tells the app of a message in a conversation it is in; `subtype` and its fields for a change to one. */
export function tellMessage(core: Core, channel: string, ts: string, change: Json = {}): void {
  const conversation = core.workspace.conversation(channel);
  if (!conversation.members.has(BOT_USER_ID)) return;
  const message = core.workspace.message(channel, ts);
  const im = conversation.kind === 'im';
  const content =
    'subtype' in change || message === null ? { type: 'message', ts: core.workspace.nextTs() } : messageJson(core.workspace, message, core.baseUrl);
  tell(core, im ? 'message.im' : 'message.channels', { ...content, channel, channel_type: im ? 'im' : 'channel', ...change });
}
