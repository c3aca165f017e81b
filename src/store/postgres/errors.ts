import { OpsError } from '../../domain/errors.ts';

const GONE = ['The database does not answer.', 'Check that PostgreSQL runs and can be reached; opsloop connects again by itself.'] as const;
const BUSY = ['The database is busy: somebody else has been changing the same for too long.', 'Try again in a moment.'] as const;

/** Words for what PostgreSQL says, by the start of its code (SQLSTATE), and for what the network says. The first that fits counts. */
const WORDS: readonly (readonly [code: string, message: string, hint: string])[] = [
  ['53100', 'The disk that holds the database is full. Nothing was written.', 'Free some space on it; opsloop goes on by itself.'],
  ['53300', 'The database takes no more connections.', 'Raise max_connections of PostgreSQL, or lower store.connections of each opsloop.'],
  ['53', 'The database has run out of memory or space.', 'Look at the log of PostgreSQL.'],
  [
    '25006',
    'The database may not be written to: it is a standby, or was set to read only.',
    'After a fail-over opsloop finds the new primary by itself; otherwise check the address in DATABASE_URL.',
  ],
  ['25P03', 'A change took too long and was taken back. Nothing was written.', 'Try again.'],
  ['57014', 'The database is slow: a question took too long and was given up. Nothing was written.', 'Look at the load of PostgreSQL.'],
  ['55P03', ...BUSY],
  ['40', ...BUSY],
  ['28', 'The database refused the user or the password.', 'Check DATABASE_URL (or store.url).'],
  ['3D000', 'There is no such database.', 'Make it with createdb, or check the name at the end of DATABASE_URL.'],
  ['42501', 'The database refuses this to the user opsloop connects as.', 'Make that user the owner of the database.'],
  ['58', 'The disk that holds the database does not answer as it should. Nothing was written.', 'Look at the log of PostgreSQL.'],
  ['XX00', 'The database is damaged.', 'Look at the log of PostgreSQL, and put back a backup.'],
  ['57P', ...GONE],
  ['08', ...GONE],
  ['E', ...GONE], // ECONNREFUSED, ENOTFOUND, EPIPE, …
];

const NETWORK = /^E(?!RR_)[A-Z_]{3,}$/;
const UNTRUSTED = /CERT|SELF_SIGNED|^ERR_(?:TLS|SSL)/;
/** The driver's own words, which carry no code. */
const LOST = /terminated|timeout|not queryable|Connection ended|server does not support SSL/i;

/** PostgreSQL's five letters, or the network's; null for what is neither. */
export function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return LOST.test(thrown.message) ? 'ELOST' : null;
}

/** The connection is of no use any more, or leads to a server that takes no changes. */
export const isLost = (thrown: unknown): boolean => {
  const code = codeOf(thrown) ?? '';
  return NETWORK.test(code) || /^(?:57P|08|25006|25P03|53300)/.test(code);
};

/** Begun again, it may well go through. */
export const isCollision = (thrown: unknown): boolean => /^40(?:001|P01)/.test(codeOf(thrown) ?? '');

/** What PostgreSQL or the network threw, as OpsError('unavailable') where people can do something about it; anything else as it was. */
export function storeError(thrown: unknown): unknown {
  if (thrown instanceof OpsError) return thrown;
  const code = codeOf(thrown);
  if (code !== null && UNTRUSTED.test(code))
    return new OpsError('unavailable', "The database's certificate is not trusted.", 'Add sslrootcert=… to DATABASE_URL: docs/operations.md.', {
      cause: thrown,
    });
  if (code === null || !(NETWORK.test(code) || /^[0-9A-Z]{5}$/.test(code))) return thrown;
  const words = WORDS.find(([start]) => code.startsWith(start));
  return words === undefined ? thrown : new OpsError('unavailable', words[1], words[2], { cause: thrown });
}

export const unknownEnd = (cause: unknown): OpsError =>
  new OpsError(
    'unavailable',
    'The database went away while a change was being saved, and nobody knows yet whether it was.',
    'Look at the incident or plan before doing it again: it shows what is saved. opsloop did not try it a second time.',
    { cause },
  );
