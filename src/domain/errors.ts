/**
 * What can go wrong, as few codes as people and programs need to act on. Each edge has one table from
 * code to its own form (HTTP status, Slack sentence, exit status); any other error is `internal` there.
 */
export const ERROR_CODES = [
  'invalid_input', // the request itself is wrong: say what and how to mend it
  'not_found', // no such incident, plan, pattern, resource
  'forbidden', // the policy does not give this actor leave
  'conflict', // the thing is no longer in the state this needs
  'expired', // it was possible, its time is over
  'limited', // a rate, size or blast-radius bound
  'unavailable', // something we depend on does not answer; trying again may help
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error type that carries words meant for people. `hint` says what to do next. */
export class OpsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OpsError';
    this.code = code;
    this.hint = hint;
  }
}

/** Any thrown thing as an OpsError; what was not one becomes `internal`, its own text kept as the cause. */
export function toOpsError(thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown;
  return new OpsError('internal', 'Something went wrong inside opsloop.', 'The log has the details.', { cause: thrown });
}
