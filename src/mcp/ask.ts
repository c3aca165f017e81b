import { OpsError } from '../domain/errors.ts';

/** One request to the HTTP API. */
export type Ask = (method: 'GET' | 'POST', path: string, body: object | undefined) => Promise<{ readonly status: number; readonly text: string }>;

/** Long runs are waited for, since an assistant waits anyway. */
export const WAIT = { prefer: 'wait=60' } as const;
const TIMEOUT_MS = 90_000;

/** Asks a running opsloop over HTTP. Errors: `unavailable` when it does not answer. */
export const askOver =
  (url: string, token: string): Ask =>
  async (method, path, body) => {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { authorization: `Bearer ${token}`, ...WAIT, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new OpsError('unavailable', `opsloop does not answer at ${url}.`, 'Is "opsloop start" running there?', { cause });
    }
  };
