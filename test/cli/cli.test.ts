import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdStore } from '../../src/cli/start-lock.ts';
import { openStore } from '../../src/store/open.ts';
import { VERSION } from '../../src/version.ts';
import { T0 } from '../support/make.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in a folder of its own, as a person runs it. */
function shell() {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'opsloop.config.yaml'), 'http: { port: 1 }\n');
  const run = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(process.execPath, [join(ROOT, 'src', 'launch.mjs'), ...args], { cwd: dir, env: { PATH: process.env['PATH'] ?? '' } }, (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code), out, err });
      });
    });
  return { dir, run, store: () => openStore(join(dir, 'var', 'opsloop.db')) };
}

it('has the version of the package', () => {
  expect(VERSION).toBe((JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version);
});

describe('exit status', () => {
  it.each([
    [0, ['--help'], /Usage: opsloop/, 'out'],
    [0, ['tokens', '--help'], /--scopes/, 'out'],
    [0, ['--version'], /^\d+\.\d+\.\d+/, 'out'],
    [2, ['bogus'], /unknown command 'bogus'/, 'err'],
    [2, ['incidents', '--limit', 'many'], /a number from 1 to 10000/, 'err'],
    [2, ['incidents', '--loud'], /unknown option/, 'err'],
    [2, ['completion', 'cmd'], /Allowed choices are bash, zsh, fish/, 'err'],
    [2, ['tokens', 'frob'], /Allowed choices are create, list, revoke/, 'err'],
    [2, ['patterns', 'frob'], /Allowed choices are import, export/, 'err'],
    [2, ['score', 'frob'], /Allowed choices are detect, rca/, 'err'],
    [2, ['audit', 'frob'], /Allowed choices are verify, list, export/, 'err'],
    [2, ['webhooks', 'frob'], /Allowed choices are dead, retry/, 'err'],
    [2, ['tokens', 'create', 'ci', '--scopes', 'all'], /"all" is not a scope/, 'err'],
    [2, ['tokens', 'create', 'ci', '--scopes', 'act:approve'], /A machine cannot approve/, 'err'],
    [2, ['mcp'], /OPSLOOP_TOKEN is not set/, 'err'],
    [1, ['incidents', 'INC-7'], /There is no incident INC-7/, 'err'],
    [1, ['restore', 'nowhere'], /There is no file nowhere/, 'err'],
    [1, ['backup'], /There is no database/, 'err'],
  ] as const)('is %i for %j', async (status, args, words, where) => {
    const ran = await shell().run(...args);
    expect(ran[where]).toMatch(words);
    expect(ran.status).toBe(status);
    expect(ran.err).not.toMatch(/at .*\.ts:\d+/);
  });
});

it('makes, lists and revokes tokens; the secret is shown once and kept nowhere', async () => {
  const { run, dir } = shell();
  const made = JSON.parse((await run('tokens', 'create', 'ci', '--scopes', 'read,act:request', '--json')).out) as { secret: string; id: string };
  expect(made.secret).toMatch(/^ops_/);
  await run('tokens', 'create', 'ana', '--user', 'U0ANA0001', '--scopes', 'read,act:approve');
  const listed = await run('tokens', 'list', '--json');
  expect(JSON.parse(listed.out)).toMatchObject([
    { name: 'ci', userId: null, scopes: ['read', 'act:request'] },
    { name: 'ana', userId: 'U0ANA0001' },
  ]);
  expect(listed.out).not.toMatch(/hash|ops_/);
  expect(readFileSync(join(dir, 'var', 'opsloop.db')).includes(made.secret)).toBe(false);
  expect((await run('tokens', 'revoke', 'ci')).out).toContain('is revoked');
  expect(await run('tokens', 'revoke', 'ci')).toMatchObject({ status: 1, err: expect.stringContaining('There is no token ci') });
});

it('lists incidents and shows one', async () => {
  const { run, store } = shell();
  const opened = await store();
  const incident = await anIncident(opened, T0);
  await aPlan(opened, incident.id, T0);
  await opened.close();
  expect((await run('incidents')).out).toMatch(/^INC-1 +open +\d{4}-\d\d-\d\dT\d\d:\d\dZ {2}ecs\/checkout/);
  expect((await run('incidents', '1')).out).toContain('PLAN-1  awaiting_approval  rollback_deploy on ecs/checkout (high risk)');
  expect(JSON.parse((await run('incidents', '--json')).out)).toMatchObject([{ id: 'INC-1' }]);
});

it('backs up and restores: what came after is set aside, and the audit chain is checked', async () => {
  const { run, store, dir } = shell();
  const before = await store();
  await anIncident(before, T0);
  const made = JSON.parse((await run('backup', '--json')).out) as { folder: string; stateBytes: number }; // while it is open
  expect(made.stateBytes).toBeGreaterThan(10_000);
  await anIncident(before, T0);
  await before.close();
  const restored = await run('restore', made.folder);
  expect(restored).toMatchObject({ status: 0, out: expect.stringContaining('the audit chain holds, 1 rows') });
  const after = await store();
  expect((await after.incidents.list({ limit: 10 })).map((one) => one.id)).toEqual(['INC-1']);
  await after.close();
  expect(existsSync(join(dir, 'var', 'opsloop.db.before-restore'))).toBe(true);
});

it('restores nothing under a bot that runs on the store, wherever that one listens', async () => {
  const { run, store, dir } = shell();
  const there = await store();
  await anIncident(there, T0);
  const { folder } = JSON.parse((await run('backup', '--json')).out) as { folder: string };
  await anIncident(there, T0);
  await there.close();
  const release = holdStore({ store: { path: join(dir, 'var', 'opsloop.db') } });
  expect(await run('restore', folder)).toMatchObject({ status: 1, err: expect.stringContaining('Another opsloop runs on the store') });
  release();
  expect(existsSync(join(dir, 'var', 'opsloop.db.before-restore'))).toBe(false);
  expect(await run('restore', folder)).toMatchObject({ status: 0 });
});

it('keeps what is there when a backup is not whole', async () => {
  const { run, store, dir } = shell();
  const there = await store();
  await anIncident(there, T0);
  await there.close();
  writeFileSync(join(dir, 'broken.db'), 'this is no database, but long enough to look like one'.repeat(200));
  expect(await run('restore', 'broken.db')).toMatchObject({ status: 2, err: expect.stringContaining('is not a whole database') });
  const still = await store();
  expect(await still.incidents.list({ limit: 10 })).toHaveLength(1);
  await still.close();
});

it('says of every command what it is for, and what it takes', async () => {
  const { run } = shell();
  const names = [...(await run('--help')).out.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '').filter((name) => name !== 'help');
  expect(names.length).toBeGreaterThan(14);
  for (const { name, ran } of await Promise.all(names.map(async (one) => ({ name: one, ran: await run(one, '--help') })))) {
    expect(ran.status, name).toBe(0);
    expect(ran.out, name).toMatch(new RegExp(`^Usage: opsloop ${name}[^\n]*\n\n\\S.{10,}`));
  }
}, 30_000);

it('completes commands, their verbs and their options in bash', async () => {
  const { run, dir } = shell();
  writeFileSync(join(dir, 'complete.sh'), (await run('completion', 'bash')).out);
  const complete = (...words: string[]): string[] => {
    const script = `source complete.sh; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _opsloop; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { cwd: dir, encoding: 'utf8' }).trim().split(' ');
  };
  expect(complete('opsloop', 'tok')).toEqual(['tokens']);
  expect(complete('opsloop', 'tokens', 'r')).toEqual(['revoke']);
  expect(complete('opsloop', 'tokens', '--s')).toEqual(['--scopes']);
  expect(complete('opsloop', 'replay', 'opsloop.c')).toEqual(['opsloop.config.yaml']);
});

it.each(['bash', 'zsh', 'fish'])('writes a completion script for %s that knows every command', async (name) => {
  const { out, status } = await shell().run('completion', name);
  expect(status).toBe(0);
  for (const word of ['start', 'incidents', 'backup', 'limit']) expect(out).toContain(word);
});
