import pino, { type DestinationStream } from 'pino';
import type { Config } from './config.ts';
import type { Log } from './domain/log.ts';
import { redact, SECRETS_ONLY } from './domain/redact.ts';
import { factsNow } from './telemetry/steps.ts';

const NAMES_A_SECRET = /(?:^|[_.-])(?:token|secret|password|passwd|authorization|api[_-]?key|private[_-]?key|cookie|credentials?)$/i;
const SHORTEST_SECRET = 8; // a shorter one would take half the words of a log with it

/**
 * JSON lines on standard error, so that a command's own output stays clean. Every line carries the ids of what is under way: request,
 * incident, plan, stage. Secrets are taken out of the whole line: by the name of their field, by their form, and `secrets` wherever
 * they stand.
 */
export function createLog(
  level: Config['log']['level'],
  to: DestinationStream = pino.destination({ fd: 2, sync: true }),
  secrets: readonly string[] = [],
): Log {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const clean = (line: string): string => `${JSON.stringify(withoutSecrets(JSON.parse(line), known))}\n`;
  return pino({ level, mixin: () => ({ ...factsNow() }), hooks: { streamWrite: clean } }, to);
}

/** The secrets a config holds, by the names of their settings: what must stand in no line, whatever it is called there. */
export function secretsOf(config: object): readonly string[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return NAMES_A_SECRET.test(name) || name === 'key' ? [value] : [];
    return typeof value === 'object' && value !== null ? secretsOf(value) : [];
  });
}

function withoutSecrets(value: unknown, known: readonly string[]): unknown {
  if (typeof value === 'string')
    return redact(
      known.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), value),
      SECRETS_ONLY,
    );
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, known));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, inner]: [string, unknown]): [string, unknown] =>
    NAMES_A_SECRET.test(name) && inner !== null ? [name, '[redacted]'] : [name, withoutSecrets(inner, known)],
  );
  return Object.fromEntries(members);
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
