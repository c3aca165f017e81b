import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { openStore } from '../../src/store/open.ts';
import { type PythonNeeds, pythonEnvironment } from '../support/python.ts';
import type { Served } from './child.ts';

const NEEDS: PythonNeeds = { name: 'api-test', mark: 'ready-1', packages: ['schemathesis==4.32.5'] };
const HERE = import.meta.dirname;
const WHOLE_MS = 5 * 60_000;
const HANG_S = 10;

/**
 * `npm run test:api [-- --seed N]`: schemathesis reads our OpenAPI document and sends what it allows and what it forbids, with a token that
 * may do anything but act: no 5xx, no hang, no answer the document does not know, and afterwards nothing may have been acted on.
 */
async function main(): Promise<number> {
  const python = pythonEnvironment(NEEDS);
  if (python === null) {
    process.stderr.write('test:api needs python3 with its venv module (Debian: apt-get install python3-venv). Only the fuzzing of npm test ran.\n');
    return process.env['CI'] === undefined ? 0 : 1;
  }
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-api-'));
  const child = fork(join(HERE, 'child.ts'), [dir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [served] = (await once(child, 'message')) as [Served];
    const status = await schemathesis(python, served, dir);
    await ended(child);
    return (await nothingActed(dir, served.auditRows)) ? status : 1;
  } finally {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function schemathesis(python: string, { url, token }: Served, cwd: string): Promise<number> {
  const given = ['--config-file', join(HERE, 'schemathesis.toml'), 'run', `${url}/openapi.json`, '--header', `Authorization: Bearer ${token}`];
  // What no schema can say, such as a name that is no incident's or a cursor of another list, is refused all the same: not checked.
  const checks = ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance'];
  const how = [...checks, '--max-examples', '15', '--request-timeout', String(HANG_S), '--continue-on-failure', '--no-color', '--warnings', 'off'];
  const seed = process.argv.includes('--seed') ? [] : ['--seed', '1'];
  const child = spawn(join(python, 'bin', 'schemathesis'), [...given, ...how, ...seed, ...process.argv.slice(2)], { cwd, stdio: 'inherit' });
  const late = setTimeout(() => child.kill('SIGKILL'), WHOLE_MS);
  const [status] = (await once(child, 'exit')) as [number | null];
  clearTimeout(late);
  return status ?? 1;
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}

/** Whoever may not act has acted on nothing: no plan came or moved, no switch was thrown, no token made. */
async function nothingActed(dir: string, auditRows: number): Promise<boolean> {
  const store = await openStore(join(dir, 'opsloop.db'));
  const rows: AuditEntry[] = [];
  for (let after = auditRows; ; after = rows.at(-1)?.seq ?? after) {
    const page = await store.audit.list({ after, limit: 10_000 });
    rows.push(...page);
    if (page.length < 10_000) break;
  }
  await store.close();
  const acted = rows.filter((row) => row.actor.type === 'token' && /^(plan|switch|token|promotion)\.(?!approval_refused|refused)/.test(row.verb));
  for (const row of acted) process.stderr.write(`changed without authority: ${row.verb} ${row.subject}\n`);
  process.stdout.write(`${rows.length} audit rows since the start, ${acted.length} of them things that this token may not do.\n`);
  return acted.length === 0;
}

process.exitCode = await main();
