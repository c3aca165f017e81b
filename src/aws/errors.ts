import { type ErrorCode, OpsError } from '../domain/errors.ts';
import type { Scope } from './scope.ts';

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceededException|ProvisionedThroughputExceeded|BandwidthLimit/i;
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|AuthFailure|UnrecognizedClient|InvalidClientTokenId|OptInRequired/i;
const EXPIRED = /ExpiredToken|TokenRefreshRequired|CredentialsProviderError|RequestExpired/i;
const SKEWED = /SignatureDoesNotMatch|RequestTimeTooSkewed|InvalidSignatureException/i;
const MISSING = /NotFound|NoSuch|DoesNotExist|ClusterNotFound|UnknownResource|\.Malformed$/i;
const BUSY =
  /InUse|Conflict|InvalidState|IncorrectState|IncorrectInstanceState|PreconditionFailed|AlreadyExists|OperationAborted|DependencyViolation|ScalingActivityInProgress|InvalidDB\w*State/i;
const WRONG = /Validation|InvalidParameter|InvalidInput|MalformedQuery|Unsupported|MissingParameter|InvalidRequest|InvalidArgument/i;

/** What the server or the SDK said, as the project's error. The message names the API and the account. */
export function awsError(thrown: unknown, api: string, scope: Pick<Scope, 'label'>): OpsError {
  if (thrown instanceof OpsError) return thrown;
  const name = nameOf(thrown);
  const { code, what, hint } = meaningOf(name, thrown, api);
  return new OpsError(code, `${api} in ${scope.label} ${what}.`, hint, { cause: thrown });
}

function nameOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  const { name, Code, code } = thrown as { name?: unknown; Code?: unknown; code?: unknown };
  return [name, Code, code].filter((one) => typeof one === 'string' && one !== 'Error').join(' ');
}

interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string | null;
}

function meaningOf(name: string, thrown: unknown, api: string): Meaning {
  const said = thrown instanceof Error ? thrown.message.split('\n')[0]?.slice(0, 200) : '';
  if (EXPIRED.test(name))
    return { code: 'unavailable', what: 'was refused: the credentials have expired or are missing', hint: 'Renew them; nothing else is needed.' };
  if (SKEWED.test(name))
    return { code: 'unavailable', what: 'was refused: the signature does not fit', hint: "Check this machine's clock, then the secret key." };
  if (THROTTLED.test(name)) return { code: 'limited', what: 'is throttled', hint: 'It is tried again with growing pauses.' };
  if (DENIED.test(name)) return { code: 'forbidden', what: 'is not allowed for this role', hint: `Give it ${api}; "opsloop doctor" prints the policy.` };
  if (/ENOTFOUND|EAI_AGAIN/.test(name))
    return { code: 'unavailable', what: 'found no server: the region is wrong, or this machine is offline', hint: 'Look at aws.accounts[].regions.' };
  if (/Abort|Timeout/i.test(name)) return { code: 'unavailable', what: 'did not answer in time', hint: null };
  if (status(thrown) >= 500 || status(thrown) === 0) return { code: 'unavailable', what: `failed: ${said}`, hint: null };
  if (MISSING.test(name)) return { code: 'not_found', what: `found nothing: ${said}`, hint: null };
  if (BUSY.test(name)) return { code: 'conflict', what: `was refused: ${said}`, hint: null };
  if (WRONG.test(name)) return { code: 'invalid_input', what: `was refused: ${said}`, hint: null };
  return { code: 'unavailable', what: `failed: ${said}`, hint: null };
}

function status(thrown: unknown): number {
  return (thrown as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? 0;
}

/** Makes one call and names it when it fails. */
export async function calling<T>(scope: Pick<Scope, 'label'>, api: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsError(thrown, api, scope);
  }
}

/** As `calling`, for sources: that something could not be read is `unavailable` (or `limited` when throttled), whatever the reason. */
export async function reading<T>(scope: Pick<Scope, 'label'>, api: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw unreadable(awsError(thrown, api, scope));
  }
}

/** What a source throws for an error of its server. */
export const unreadable = (error: OpsError): OpsError =>
  error.code === 'limited' ? error : new OpsError('unavailable', error.message, error.hint, { cause: error });
