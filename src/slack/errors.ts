import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { OpsError } from '../domain/errors.ts';

/** Slack's answers that no retry mends: the token or the app itself is at fault. */
export const FATAL_AUTH_ERRORS: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'user_removed_from_team',
  'team_disabled',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);
const PLACE_ERRORS: ReadonlySet<string> = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action']);
const PERSON_ERRORS: ReadonlySet<string> = new Set(['user_not_found', 'users_not_found', 'cannot_dm_bot', 'user_disabled', 'messages_tab_disabled']);

/** Slack's own word for what went wrong (`channel_not_found`), or null when it was not Slack that answered. */
export function slackErrorCode(thrown: unknown): string | null {
  const error = thrown instanceof OpsError ? thrown.cause : thrown;
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}

const NO_SUCH_PAGE: ReadonlySet<number> = new Set([404, 501]);

/** This Slack does not have the method: another implementation, or one that is older. */
export function isMissingMethod(thrown: unknown): boolean {
  const cause = thrown instanceof OpsError ? thrown.cause : thrown;
  return slackErrorCode(cause) === 'unknown_method' || (cause instanceof WebAPIHTTPError && NO_SUCH_PAGE.has(cause.statusCode));
}

/** How long an OpsError('limited') asks to wait, in ms; null for any other error. The one reader of that hint. */
export function waitMsOf(error: OpsError): number | null {
  if (error.code !== 'limited') return null;
  const seconds = /(\d+) s\b/.exec(error.hint ?? '')?.[1];
  return seconds === undefined ? 1000 : Number(seconds) * 1000;
}

/** Any failure of a Web API call as an OpsError that says which call, what Slack said, and what to do. */
export function slackFailure(method: string, thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown;
  const cause = { cause: thrown };
  if (thrown instanceof WebAPIRateLimitedError) {
    return new OpsError('limited', 'Slack asks opsloop to slow down.', `Trying again in ${Math.max(1, Math.ceil(thrown.retryAfter))} s.`, cause);
  }
  if (thrown instanceof WebAPIPlatformError) return platformFailure(method, thrown);
  if (thrown instanceof WebAPIHTTPError)
    return new OpsError('unavailable', `Slack answered HTTP ${thrown.statusCode} to ${method}.`, 'Trying again may help.', cause);
  const reason = thrown instanceof WebAPIRequestError ? thrown.original.message : thrown instanceof Error ? thrown.message : String(thrown);
  return new OpsError('unavailable', `Slack cannot be reached (${method}: ${reason}).`, 'Check the network and SLACK_API_URL.', cause);
}

function platformFailure(method: string, error: WebAPIPlatformError): OpsError {
  const said = error.data.error;
  const cause = { cause: error };
  if (FATAL_AUTH_ERRORS.has(said)) {
    return new OpsError('forbidden', `Slack refused the token: ${said} (${method}).`, 'Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.', cause);
  }
  if (said === 'missing_scope') {
    const needed = 'needed' in error.data ? ` ${String(error.data.needed)}` : '';
    return new OpsError('unavailable', `The Slack app lacks the scope${needed} for ${method}.`, 'Install the app again from manifest.yml.', cause);
  }
  if (PLACE_ERRORS.has(said)) return new OpsError('unavailable', `opsloop cannot write in that channel: ${said}.`, 'Invite it there: /invite @opsloop', cause);
  if (PERSON_ERRORS.has(said)) return new OpsError('invalid_input', `Slack cannot reach that person: ${said}.`, null, cause);
  return new OpsError('unavailable', `Slack answered "${said}" to ${method}.`, null, cause);
}
