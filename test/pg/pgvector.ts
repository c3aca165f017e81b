import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pythonEnvironment } from '../support/python.ts';
import { anotherUser, installed } from './server.ts';

/** PostgreSQL 16 with pgvector in a Python package. Only its programs are used, so the wheel of any Python will do. */
const PACKAGE = 'pgserver==0.1.4';

export interface PgvectorPrograms {
  readonly bin: string;
  /** Removes what was made for it. */
  remove(): void;
}

/**
 * Programs of a PostgreSQL that has pgvector: an installed one (Debian: postgresql-15-pgvector), or one that is fetched once. Null, after saying
 * why, when there is neither; with CI set that is an error.
 */
export function pgvectorPrograms(): PgvectorPrograms | null {
  const bin = installed().find(hasVector);
  if (bin !== undefined) return { bin, remove: () => undefined };
  const fetched = fetch();
  if (typeof fetched !== 'string') return fetched;
  const why = `PostgreSQL with pgvector is not there (${fetched}). Debian: apt-get install postgresql-<version>-pgvector.`;
  if (/^(1|true)$/.test(process.env['CI'] ?? '')) throw new Error(why);
  process.stdout.write(`${why} The tests that need it are skipped.\n`);
  return null;
}

/** The fetched one was built without ICU, whose order of letters the schema names: there another takes that name. Vectors do not need it. */
export async function standInForIcu(url: string): Promise<void> {
  const template = new URL(url);
  template.pathname = '/template1';
  const client = new pg.Client({ connectionString: template.href });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'");
    if (rows.length === 0) await client.query(`CREATE COLLATION "und-x-icu" (locale = 'C')`);
  } finally {
    await client.end();
  }
}

function hasVector(bin: string): boolean {
  const asked = spawnSync(join(bin, 'pg_config'), ['--sharedir'], { encoding: 'utf8' });
  return asked.status === 0 && existsSync(join(asked.stdout.trim(), 'extension', 'vector.control'));
}

/** In words why not. */
function fetch(): PgvectorPrograms | string {
  const wheel = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11'];
  try {
    const folder = pythonEnvironment({ name: 'pgvector-test', mark: 'ready-1', packages: (into) => [...wheel, '--target', join(into, 'wheel'), PACKAGE] });
    return folder === null ? 'python3 with its venv module is needed to fetch it' : readable(join(folder, 'wheel'));
  } catch (thrown) {
    return `pip could not fetch ${PACKAGE}: ${thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown)}`;
  }
}

/** Somebody else's home cannot be read by the user that the server runs as instead of root: then it gets a copy. Libraries lie beside it. */
function readable(wheel: string): PgvectorPrograms {
  const inside = join('pgserver', 'pginstall', 'bin');
  if (anotherUser() === null) return { bin: join(wheel, inside), remove: () => undefined };
  const copy = mkdtempSync(join(tmpdir(), 'opsloop-pgvector-'));
  chmodSync(copy, 0o755);
  for (const part of ['pgserver', 'pgserver.libs']) cpSync(join(wheel, part), join(copy, part), { recursive: true });
  return { bin: join(copy, inside), remove: () => rmSync(copy, { recursive: true, force: true }) };
}
