import { toOpsError } from '../../domain/errors.ts';

/** One thing that was looked at. `fix` is what to do, as text to copy. A `warn` does not stop a start. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string | null;
}

/** One call as one check: its error is the detail, and the fix is its own where there is one, else the error's hint. */
export async function check(name: string, fix: string, call: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'ok', detail: await call(), fix: null };
  } catch (thrown) {
    const error = toOpsError(thrown);
    return { name, state: 'fail', detail: error.message, fix: fix || error.hint };
  }
}

/** A policy statement to copy. */
export const allow = (actions: string | readonly string[], resource: string | readonly string[] = '*'): string =>
  JSON.stringify({ Effect: 'Allow', Action: actions, Resource: resource });
