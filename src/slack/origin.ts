import type { Origin } from '../domain/origin.ts';

/** Which field of which kind of payload holds an id. */
const PLACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  team: [['team', 'id'], ['team_id']],
  channel: [['channel', 'id'], ['channel_id'], ['event', 'channel'], ['event', 'item', 'channel'], ['container', 'channel_id']],
  message: [
    ['message', 'ts'],
    ['container', 'message_ts'],
    ['event', 'item', 'ts'],
    ['event', 'ts'],
  ],
  action: [['actions', '0', 'action_id'], ['view', 'callback_id'], ['callback_id'], ['command']],
  view: [['view', 'id']],
  trigger: [['trigger_id']],
  event: [['event_id']],
};

/** The ids by which Slack knows what somebody did: of a press, a command, a window, an event. What does not look like one is left out. */
export function slackOrigin(body: unknown): Origin {
  const ids: Record<string, string> = {};
  for (const [name, places] of Object.entries(PLACES)) {
    const id = places.map((path) => at(body, path)).find((value) => value !== null);
    if (id !== undefined && id !== null) ids[name] = id;
  }
  return { via: 'slack', ids };
}

function at(body: unknown, path: readonly string[]): string | null {
  let value = body;
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && /^[\w.:/-]{1,120}$/.test(value) ? value : null;
}
