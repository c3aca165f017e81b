import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { openStore, type StoreOptions } from '../../src/store/open.ts';
import { createDatabase } from './server.ts';

export interface PgPlace {
  readonly url: string;
  open(options?: StoreOptions): Promise<Store>;
}

/** The server that `npm run test:pg` started. */
export function testServer(): string {
  const url = process.env['OPSLOOP_TEST_PG'];
  if (url === undefined) throw new Error('These tests need PostgreSQL: npm run test:pg');
  return url;
}

/** The one with pgvector that it started; null: there is none. */
export const vectorServer = (): string | null => process.env['OPSLOOP_TEST_PGVECTOR'] ?? null;

const templates = new Map<string, Promise<string>>();

/** A database with the schema in it, to copy: once a test file and server. */
async function migrated(server: string): Promise<string> {
  const name = `opsloop_${randomBytes(6).toString('hex')}`;
  await (await openStore(await createDatabase(server, name))).close();
  return name;
}

function template(server: string): Promise<string> {
  const made = templates.get(server) ?? migrated(server);
  templates.set(server, made);
  return made;
}

/** A database for one test; the stores opened on it are closed when the test ends. */
export function pgPlace(server = testServer()): PgPlace {
  const opened: Store[] = [];
  const name = `opsloop_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  let made: Promise<string> | null = null;
  onTestFinished(async () => {
    for (const store of opened) await store.close();
  });
  return {
    url: url.href,
    open: async (options) => {
      made ??= template(server).then((from) => createDatabase(server, name, from));
      await made;
      const store = await openStore(url.href, options);
      opened.push(store);
      return store;
    },
  };
}
