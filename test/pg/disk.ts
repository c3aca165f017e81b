import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { PgServer } from './server.ts';

const SIZE_MB = 64;

/** A database whose disk can be filled and freed. */
interface Disk {
  readonly url: string;
  fill(): Promise<void>;
  free(): Promise<void>;
  /** Not one row more, not even where a page has room: for what must happen to a small change. */
  refuse(): Promise<void>;
}

/** Can this machine mount a small disk of its own? Then a folder with one, removed after the test. */
function mountedFolder(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-disk-'));
  const mounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]).status === 0;
  if (!mounted) process.stderr.write('disk full: no small disk can be mounted here, so the database itself refuses every addition with SQLSTATE 53100.\n');
  onTestFinished(() => {
    if (mounted) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return mounted ? folder : null;
}

async function admin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** On a small disk of its own where that can be mounted: full means full. Elsewhere triggers refuse what would be added, with the same code. */
export async function tightDisk(server: PgServer): Promise<Disk> {
  const url = await server.createDatabase('tight');
  const refuse = (): Promise<void> => admin(url, REFUSE);
  const folder = mountedFolder();
  if (folder === null) return { url, fill: refuse, free: () => admin(url, ALLOW), refuse };
  chmodSync(folder, 0o700);
  const { uid, gid } = statSync(server.folder);
  chownSync(folder, uid, gid);
  await admin(server.url, `CREATE TABLESPACE small LOCATION '${folder}'`);
  await admin(server.url, 'ALTER DATABASE tight SET TABLESPACE small');
  const filler = join(folder, 'filler');
  return {
    url,
    refuse,
    fill: async () => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    },
    free: async () => rmSync(filler),
  };
}

const eachTable = (what: string): string =>
  `DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('${what}', t); END LOOP; END $$`;
const REFUSE = `CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
  $f$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $f$;
  ${eachTable('CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION no_room()')}`;
const ALLOW = eachTable('DROP TRIGGER no_room ON %I');
