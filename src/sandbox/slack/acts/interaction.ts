import type { Core } from '../core.ts';
import { Refusal } from '../refusal.ts';
import { respond } from '../response-url.ts';
import type { AppReply, Json, LocalMessage } from '../types.ts';
import { APP_ID, TEAM } from '../workspace.ts';

/** The fields that every interaction carries. */
export function interactionBase(core: Core, userId: string, type: string): Json {
  const handle = core.workspace.people.get(userId)?.handle ?? userId;
  return {
    type,
    token: 'local-verification',
    team: { id: TEAM.id, domain: TEAM.domain },
    user: { id: userId, username: handle, name: handle, team_id: TEAM.id },
    api_app_id: APP_ID,
    enterprise: null,
    is_enterprise_install: false,
  };
}

export const responseUrl = (core: Core, channel: string, userId: string, messageTs: string | null): string =>
  `${core.baseUrl}response/${core.responses.issue({ channel, userId, messageTs })}`;

export const REASONS = { no_connection: 'dispatch_failed', timeout: 'operation_timeout' } as const;

/** Sends a command or an interaction; what the app says in its acknowledgement is shown to this person. */
export async function dispatch(
  core: Core,
  type: 'slash_commands' | 'interactive',
  payload: Json,
  place: { channel: string; userId: string } | null,
): Promise<AppReply & { readonly payload: Json }> {
  const ack = await core.hub.send(type, payload);
  if (!ack.ok) return { ok: false, error: REASONS[ack.reason], message: null, payload: {} };
  const says = ack.payload['text'] !== undefined || ack.payload['blocks'] !== undefined;
  try {
    const message: LocalMessage | null = says && place !== null ? respond(core, { ...place, messageTs: null }, ack.payload) : null;
    return { ok: true, error: null, message, payload: ack.payload };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, error: error.error, message: null, payload: {} };
  }
}
