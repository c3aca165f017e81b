import pino, { type DestinationStream } from 'pino';
import type { Config } from './config.ts';
import type { Log } from './domain/log.ts';
import { factsNow } from './telemetry/steps.ts';

const SECRETS = ['token', '*.token', 'secret', '*.secret', 'authorization', '*.authorization', 'headers.authorization', 'err.config', 'err.request'];

/**
 * JSON lines on standard error, so that a command's own output stays clean; tokens are taken out. Every line carries the ids of
 * what is under way: request, incident, plan, stage.
 */
export function createLog(level: Config['log']['level'], to: DestinationStream = pino.destination({ fd: 2, sync: true })): Log {
  return pino({ level, mixin: () => ({ ...factsNow() }), redact: { paths: SECRETS, censor: '[redacted]' } }, to);
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
