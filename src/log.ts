import pino from 'pino';
import type { Config } from './config.ts';
import type { Log } from './domain/log.ts';

const SECRETS = ['token', '*.token', 'secret', '*.secret', 'authorization', '*.authorization', 'headers.authorization', 'err.config', 'err.request'];

/** JSON lines on standard error, so that a command's own output stays clean; tokens are taken out. */
export function createLog(level: Config['log']['level']): Log {
  return pino({ level, redact: { paths: SECRETS, censor: '[redacted]' } }, pino.destination({ fd: 2, sync: true }));
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
