import { type Logger, LogLevel } from '@slack/bolt';
import { type WebAPICallResult, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../domain/log.ts';
import { isMissingMethod, slackFailure } from './errors.ts';
import { WITHOUT } from './missing.ts';

const TIMEOUT_MS = 15_000;

/** No retries in here: the outbox and `patiently` own them, so that a repeated call is a decision and never a surprise. */
export function clientOptions(apiUrl: string | undefined, log: Log): WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: slackLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    maxRequestConcurrency: 20,
  };
}

/** A client that asks for a method this Slack does not have only once, and says once what is missing without it. */
export class SlackClient extends WebClient {
  readonly #log: Log;
  readonly #lacking = new Map<string, unknown>();

  constructor(token: string | undefined, apiUrl: string | undefined, log: Log) {
    super(token, clientOptions(apiUrl, log));
    this.#log = log;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    if (this.#lacking.has(method)) throw this.#lacking.get(method);
    try {
      return await super.apiCall(method, options);
    } catch (thrown) {
      if (isMissingMethod(thrown) && !this.#lacking.has(method)) {
        this.#lacking.set(method, thrown);
        const without: Readonly<Record<string, string | undefined>> = WITHOUT;
        this.#log.warn({ method, without: without[method] ?? 'opsloop cannot work here' }, 'this Slack does not have a method that opsloop uses');
      }
      throw thrown;
    }
  }

  lacks(method: string): boolean {
    return this.#lacking.has(method);
  }
}

/** A failure that is written down at its own level, except where it only says once more what Slack lacks. */
export function logFailure(log: Log, error: unknown, fields: object, message: string): void {
  if (isMissingMethod(error)) log.debug({ ...fields, error: String(error) }, message);
  else log.warn({ ...fields, error: String(error) }, message);
}

/** Runs one Web API call; whatever fails comes out as an OpsError. */
export async function call<T>(method: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw slackFailure(method, thrown);
  }
}

/** Slack's libraries log through this. Their debug lines hold whole payloads, so they are left out. */
export function slackLogger(log: Log): Logger {
  const text = (parts: unknown[]): string => parts.map(String).join(' ').slice(0, 1000);
  return {
    debug: () => {},
    info: (...parts: unknown[]) => log.debug({ from: 'slack-sdk' }, text(parts)),
    warn: (...parts: unknown[]) => log.warn({ from: 'slack-sdk' }, text(parts)),
    error: (...parts: unknown[]) => log.error({ from: 'slack-sdk' }, text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
