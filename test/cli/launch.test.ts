import { execFileSync } from 'node:child_process';
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
