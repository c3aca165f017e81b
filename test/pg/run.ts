import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pgvectorPrograms, standInForIcu } from './pgvector.ts';
import { type PgServer, startPg } from './server.ts';

/** `npm run test:pg`: one PostgreSQL of its own, and one with pgvector, then the tests that use them, each file with databases of its own. */
async function main(): Promise<number> {
  const programs = pgvectorPrograms();
  const server = await startPg({ fsync: false });
  let vectors: PgServer | null = null;
  try {
    if (programs !== null) vectors = await startPg({ fsync: false, bin: programs.bin });
    if (vectors !== null) await standInForIcu(vectors.url);
    const env = { ...process.env, OPSLOOP_TEST_PG: server.url, ...(vectors === null ? {} : { OPSLOOP_TEST_PGVECTOR: vectors.url }) };
    const vitest = join(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
    const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.pg.config.ts', ...process.argv.slice(2)], { env, stdio: 'inherit' });
    return await new Promise<number>((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    await server.close();
    await vectors?.close();
    programs?.remove();
  }
}

process.exitCode = await main();
