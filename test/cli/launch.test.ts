import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';

const LAUNCH = join(import.meta.dirname, '..', '..', 'src', 'launch.mjs');
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'opsloop-launch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const version = (cache: string): string =>
  execFileSync(process.execPath, [LAUNCH, '--version'], { env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: cache }, encoding: 'utf8' });

it('keeps compiled code where it is told to, for the next start', () => {
  expect(version(dir)).toBe(`${VERSION}\n`);
  expect(readdirSync(dir, { recursive: true }).length).toBeGreaterThan(3);
  expect(version(dir)).toBe(`${VERSION}\n`);
});

it('starts all the same where that folder cannot be made', () => {
  const file = join(dir, 'a-file');
  writeFileSync(file, '');
  expect(version(join(file, 'below'))).toBe(`${VERSION}\n`);
});

/** What each beginning of the process is told about memory; the start itself ends over a config that is none. */
const beginnings = (command: string, env: Readonly<Record<string, string>>): readonly string[] => {
  writeFileSync(join(dir, 'opsloop.config.yaml'), 'none: true\n');
  const say = "data:text/javascript,console.log('begins with ' + (process.env.MALLOC_ARENA_MAX ?? 'nothing') + ' as ' + process.pid)";
  const options = {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: dir, NODE_OPTIONS: `--import "${say}"`, ...env },
    encoding: 'utf8',
  } as const;
  const { stdout, pid } = spawnSync(process.execPath, [LAUNCH, command], options);
  return [...stdout.matchAll(/begins with (\w+) as (\d+)/g)].map(([, what, as]) => `${what}${Number(as) === pid ? '' : ' elsewhere'}`);
};

it.runIf(process.platform === 'linux')('a bot that stays up begins again, as the same process, with bounds on what the allocator keeps', () => {
  expect(beginnings('start', {})).toEqual(['nothing', '2']);
});

it.runIf(process.platform === 'linux')('what somebody set themselves holds, and other commands begin once', () => {
  expect(beginnings('start', { MALLOC_ARENA_MAX: '4' })).toEqual(['4']);
  expect(beginnings('doctor', {})).toEqual(['nothing']);
});
