import { type Logger, LogLevel } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../domain/log.ts';
import { slackFailure } from './errors.ts';

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

export function createClient(token: string | undefined, apiUrl: string | undefined, log: Log): WebClient {
  return new WebClient(token, clientOptions(apiUrl, log));
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
