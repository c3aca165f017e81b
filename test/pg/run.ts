import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startPg } from './server.ts';

/** `npm run test:pg`: one PostgreSQL of its own, then the tests that use it, each file with databases of its own. */
async function main(): Promise<number> {
  const server = await startPg({ fsync: false });
  try {
    const env = { ...process.env, OPSLOOP_TEST_PG: server.url };
    const vitest = join(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
    const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.pg.config.ts', ...process.argv.slice(2)], { env, stdio: 'inherit' });
    return await new Promise<number>((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    await server.close();
  }
}

process.exitCode = await main();
