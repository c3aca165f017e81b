import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Base, openBase } from '../../src/base.ts';
import { parseConfig } from '../../src/config.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { aPattern } from '../contracts/knowledge.ts';
import { pgPlace, vectorServer } from './place.ts';

const server = vectorServer();

interface Desk {
  readonly dir: string;
  readonly url: string;
  readonly path: string;
  open(url?: string): Promise<Base & { close(): Promise<void> }>;
}

/** A machine with a folder of its own, on a database. */
async function desk(on?: string): Promise<Desk> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-vectors-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const place = pgPlace(on);
  await (await place.open()).close();
  const path = join(dir, 'knowledge.db');
  return {
    dir,
    url: place.url,
    path,
    open: async (url = place.url) => {
      const base = await openBase(parseConfig({ store: { url, connections: 5 }, knowledge: { path, archive: join(dir, 'archive') } }));
      const close = async (): Promise<void> => {
        await base.knowledge.close();
        await base.store.close();
      };
      return { ...base, close };
    },
  };
}

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows as Record<string, unknown>[];
}

/** Somebody who may do everything with what is in the schema, and nothing to the database. */
async function plainUser(url: string): Promise<string> {
  const [name, password] = [`plain_${randomBytes(6).toString('hex')}`, randomBytes(8).toString('hex')];
  await sql(url, `CREATE ROLE ${name} LOGIN PASSWORD '${password}'; GRANT ALL ON SCHEMA public TO ${name}`);
  await sql(url, `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${name}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${name}`);
  const plain = new URL(url);
  plain.username = name;
  plain.password = password;
  return plain.href;
}

async function command(here: Desk, ...words: string[]): Promise<string> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  writeFileSync(join(here.dir, 'opsloop.config.yaml'), `knowledge: { path: ${here.path}, archive: ${join(here.dir, 'archive')} }\n`);
  const env = { PATH: process.env['PATH'], DATABASE_URL: here.url };
  return await promisify(execFile)(process.execPath, [main, ...words], { cwd: here.dir, env }).then(
    ({ stdout }) => stdout,
    (failed: { stdout: string }) => failed.stdout,
  );
}

describe.skipIf(server === null)('a base whose database has pgvector', () => {
  it('takes over what an index of before had learned, keeps no vectors of its own, and leaves that index as it was', async () => {
    const here = await desk(server ?? '');
    const before = await openEmbeddedKnowledge(here.path);
    await before.save([aPattern('PAT-900', { title: 'Learned before' })]);
    await before.close();
    const base = await here.open();
    expect(base.knowledge.name).toBe('pgvector');
    expect(await base.knowledge.get('PAT-900')).toMatchObject({ title: 'Learned before', embedding: expect.any(Array) as number[] });
    const all = await base.knowledge.list();
    expect(all.length).toBeGreaterThan(50);
    expect(all.every(({ embedding }) => embedding?.length === 384)).toBe(true);
    await base.knowledge.save([aPattern('PAT-901', { title: 'Learned since' })]);
    await base.close();
    const after = await openEmbeddedKnowledge(here.path);
    expect((await after.list()).map(({ pattern_id }) => pattern_id)).toEqual(['PAT-900']);
    await after.close();
  });

  it('goes back to an index of its own, with all that was learned, when the extension is gone at the next start', async () => {
    const here = await desk(server ?? '');
    const base = await here.open();
    await base.knowledge.save([aPattern('PAT-901', { title: 'Learned since' })]);
    await base.close();
    await sql(here.url, 'DROP EXTENSION vector CASCADE');
    const after = await here.open(await plainUser(here.url)); // who may not create it again
    expect(after.knowledge.name).toBe('embedded');
    expect(await after.knowledge.get('PAT-901')).toMatchObject({ title: 'Learned since', embedding: expect.any(Array) as number[] });
    expect((await after.knowledge.search({ text: 'too many connections', limit: 1 }, AbortSignal.timeout(10_000))).source).toBe('embedded');
    await after.close();
  });

  it('is what doctor says, and what reembed makes anew', async () => {
    const here = await desk(server ?? '');
    await (await here.open()).close();
    expect(await command(here, 'doctor')).toMatch(/ok +vectors .*pgvector \d+\.\d+.* one copy of the lexicon vectors for all replicas/);
    await sql(here.url, "UPDATE opsloop_vectors.pattern SET text = 'stale' WHERE pattern_id < 'PAT-004'");
    expect(await command(here, 'patterns', 'reembed')).toMatch(/^3 patterns are embedded by lexicon\/384\. They are in the database/);
    expect(await command(here, 'patterns', 'reembed')).toMatch(/^\d{2,} patterns are embedded/);
    expect(await sql(here.url, "SELECT count(*)::int AS stale FROM opsloop_vectors.pattern WHERE text = 'stale'")).toEqual([{ stale: 0 }]);
    expect(await command(here, 'patterns', 'search', 'too many connections')).toContain('from pgvector');
    expect(existsSync(here.path)).toBe(false);
  });
});

it('keeps an index of its own where the database has no pgvector, and doctor says what to do', async (context) => {
  const here = await desk();
  const base = await here.open();
  const { name } = base.knowledge;
  await base.close();
  if (name === 'pgvector') return context.skip('this PostgreSQL has pgvector');
  expect(name).toBe('embedded');
  expect(existsSync(here.path)).toBe(true);
  const said = await command(here, 'doctor');
  expect(said).toMatch(/warn +vectors .*index of each replica's own .*the extension vector \(pgvector\) is not installed/);
  expect(said).toContain('→ Debian: apt-get install postgresql-<version>-pgvector');
});
