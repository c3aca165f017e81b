import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { OPS_CHANNEL } from '../../src/cli/sandbox.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** `opsloop start` as a supervisor runs it, on a local Slack; each folder has a store of its own. */
async function starter() {
  const slack = await startLocalSlack({ manifest: parse(readFileSync(join(ROOT, 'manifest.yml'), 'utf8')), clock: { now: () => Date.now() }, port: 0 });
  const port = await freePort();
  const dirs: string[] = [];
  const folder = (httpPort = port, store = 'var/opsloop.db'): string => {
    const made = mkdtempSync(join(tmpdir(), 'opsloop-start-'));
    dirs.push(made);
    writeFileSync(
      join(made, 'opsloop.config.yaml'),
      `http: { port: ${httpPort} }\nlog: { level: silent }\nloop: { backfill_h: 0 }\naccount: { kind: simulated, scenario: bad-config }\nstore: { path: ${store} }\n`,
    );
    return made;
  };
  const dir = folder();
  const started: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of started) child.kill('SIGKILL');
    await slack.stop();
    for (const one of dirs) rmSync(one, { recursive: true, force: true });
  });
  const env = {
    PATH: process.env['PATH'] ?? '',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_CHANNEL: OPS_CHANNEL,
  };
  const start = (cwd = dir, ...args: string[]) => {
    const child = spawn(process.execPath, [join(ROOT, 'src', 'launch.mjs'), ...(args.length === 0 ? ['start'] : args)], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.push(child);
    let err = '';
    child.stderr?.on('data', (data) => {
      err += String(data);
    });
    return { child, err: () => err, exited: once(child, 'exit').then(([status]) => status as number | null) };
  };
  const ready = async (): Promise<boolean> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (answer?.status === 200) return true;
      await sleep(100);
    }
    return false;
  };
  return { start, ready, port, dir, folder };
}

it('becomes ready, refuses a second on the same port in words, and ends with status 0 within ten seconds of SIGTERM', async () => {
  const { start, ready, port, folder } = await starter();
  const first = start();
  expect(await ready(), first.err()).toBe(true);
  const second = start(folder());
  expect(await second.exited).toBe(1);
  expect(second.err()).toContain(`Port ${port} of 127.0.0.1 is taken.`);
  expect(await ready()).toBe(true);
  const toldAt = performance.now();
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(10_000);
}, 90_000);

it('refuses a second on the same store, whatever its port, beside which other commands work, and starts at once after kill -9', async () => {
  const { start, ready, dir, folder } = await starter();
  const first = start();
  expect(await ready(), first.err()).toBe(true);
  const link = join(folder(), 'link.db');
  symlinkSync(join(dir, 'var', 'opsloop.db'), link);
  const second = start(folder(await freePort(), link));
  const commands = [start(dir, 'tokens', 'create', 'ci', '--scopes', 'read'), start(dir, 'backup')];
  expect(await second.exited).toBe(1);
  expect(second.err()).toContain(`Another opsloop runs on the store ${link}.`);
  expect(second.err()).toContain('DATABASE_URL');
  expect(await Promise.all(commands.map(({ exited }) => exited))).toEqual([0, 0]);
  first.child.kill('SIGKILL');
  await first.exited;
  const third = start();
  expect(await ready(), third.err()).toBe(true);
}, 90_000);
