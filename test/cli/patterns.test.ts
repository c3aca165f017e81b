import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkFiles, problemLine } from '../../src/cli/pattern-files.ts';
import { aPattern } from '../contracts/knowledge.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-patterns-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
const run = (cwd: string, ...args: string[]): Promise<{ status: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'src', 'launch.mjs'), 'patterns', ...args], { cwd, env: { PATH: process.env['PATH'] ?? '' } }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
const write = (dir: string, name: string, value: unknown): void => writeFileSync(join(dir, name), JSON.stringify(value, null, 2));

it('imports files, tells their history, and takes the import back', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'mine'));
  const exported = await run(dir, 'export', 'out');
  expect(exported).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+ patterns are in out\/patterns\.\n$/) as string });
  const path = join(dir, 'out/patterns/performance/ec2-high-cpu-usage.json');
  const original = JSON.parse(readFileSync(path, 'utf8')) as { description: string };
  write(join(dir, 'mine'), 'a.json', { ...original, description: 'Other words.' });
  expect((await run(dir, 'import', 'mine')).out).toBe('0 patterns added, 1 changed, 0 as they were.\n');
  expect((await run(dir, 'history', 'pat 1')).out).toMatch(/^ *2 {2}\S+ .* {2}imported {2}/m);
  expect((await run(dir, 'revert', 'PAT-001', '1')).out).toContain('as it was in version 1');
  expect(await run(dir, 'discover')).toMatchObject({ status: 0, out: '[]\n' });
  await run(dir, 'export', 'again');
  expect(JSON.parse(readFileSync(join(dir, 'again/patterns/performance/ec2-high-cpu-usage.json'), 'utf8'))).toEqual(original);
});

it('imports nothing when one file is wrong, and says where', async () => {
  const dir = folder();
  write(dir, 'good.json', aPattern('PAT-700', { title: 'Good' }));
  write(dir, 'wrong.json', aPattern('PAT-701', { title: 'Wrong <!channel>' }));
  const { status, err } = await run(dir, 'import', dir);
  expect(status).toBe(2);
  expect(err).toMatch(/wrong\.json:4: title: Mentions/);
});

it('imports nothing that takes the title of a known pattern, or brings a vector of another length, and says line and field', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'mine'));
  write(join(dir, 'mine'), 'twin.json', aPattern('PAT-700', { title: 'EC2 High CPU Usage' }));
  write(join(dir, 'mine'), 'short.json', aPattern('PAT-701', { title: 'Short', embedding: [0.1, 0.2] }));
  const { status, err } = await run(dir, 'import', 'mine');
  expect(status).toBe(2);
  expect(err).toMatch(/twin\.json:4: title: PAT-001 in the knowledge base/);
  expect(err).toMatch(/short\.json:\d+: embedding: It has 2 numbers; the knowledge base uses 384/);
});

it('does not follow links, and refuses what is too large or not there', () => {
  const dir = folder();
  write(dir, 'good.json', aPattern('PAT-700'));
  symlinkSync('/etc', join(dir, 'etc'));
  symlinkSync('/etc/hostname', join(dir, 'host.json'));
  expect(checkFiles(dir)).toMatchObject({ files: 1, problems: [] });
  expect(() => checkFiles(join(dir, 'host.json'))).toThrow('no .json');
  expect(() => checkFiles(join(dir, 'absent'))).toThrow('nothing at');
  writeFileSync(join(dir, 'huge.jsonl'), Buffer.alloc(33 * 1024 * 1024, 32));
  expect(() => checkFiles(dir)).toThrow('at most 32 MB');
  expect(problemLine({ file: 'a', line: 2, field: '', message: 'm' })).toBe('a:2: m');
});
