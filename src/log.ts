import pino, { type DestinationStream } from 'pino';
import type { Config } from './config.ts';
import type { Log } from './domain/log.ts';
import { redact, redactAll, SECRETS_ONLY } from './domain/redact.ts';
import { factsNow } from './telemetry/steps.ts';

const SECRETS = ['token', '*.token', 'secret', '*.secret', 'authorization', '*.authorization', 'headers.authorization', 'err.config', 'err.request'];

/**
 * JSON lines on standard error, so that a command's own output stays clean. Every line carries the ids of what is under way: request,
 * incident, plan, stage. Secrets are taken out by the names of fields and, wherever they stand, by their form.
 */
export function createLog(level: Config['log']['level'], to: DestinationStream = pino.destination({ fd: 2, sync: true })): Log {
  const options: pino.LoggerOptions = {
    level,
    mixin: () => ({ ...factsNow() }),
    redact: { paths: SECRETS, censor: '[redacted]' },
    serializers: { err: (thrown: Error) => redactAll(pino.stdSerializers.err(thrown), SECRETS_ONLY) },
    hooks: {
      logMethod(given, method) {
        const [fields, message] = given as unknown as Parameters<Log['info']>;
        method.call(this, withoutSecrets(fields), redact(message, SECRETS_ONLY));
      },
    },
  };
  return pino(options, to);
}

/** Errors are left to their serializer. */
const withoutSecrets = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]: [string, unknown]) => [name, value instanceof Error ? value : redactAll(value, SECRETS_ONLY)]));

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
