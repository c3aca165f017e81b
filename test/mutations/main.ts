import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from './list.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const LEFT_OUT = new Set(['node_modules', '.git', 'var']);
const MOST_MS = 300_000; // a mutation that makes a test hang is noticed as well

/**
 * `node test/mutations/main.ts [word]`: takes each guard of the list out, in a copy of the project, and runs the test that has to
 * notice; `word` runs only those whose guard has it. Exit status 1 when a test does not notice, or when it fails without any change.
 */
const word = process.argv[2] ?? '';
const copy = mkdtempSync(join(tmpdir(), 'opsloop-mutations-'));
try {
  for (const name of readdirSync(PROJECT)) if (!LEFT_OUT.has(name)) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  const mutations = MUTATIONS.filter((one) => one.guard.includes(word));
  const fails = [...new Set(mutations.map((one) => one.test))].filter((test) => !passes(test));
  for (const test of fails) process.stdout.write(`fails without any change: ${test}\n`);
  const missed = mutations.filter((one) => !fails.includes(one.test)).filter((one) => !noticed(one));
  process.stdout.write(`${mutations.length - missed.length} of ${mutations.length} guards are missed by a test when they are gone\n`);
  process.exitCode = missed.length + fails.length > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function noticed({ guard, file, find, put, test }: Mutation): boolean {
  const path = join(copy, file);
  const whole = readFileSync(path, 'utf8');
  if (whole.split(find).length !== 2) throw new Error(`"${guard}": its line does not stand in ${file} once`);
  writeFileSync(
    path,
    whole.replace(find, () => put),
  );
  const seen = !passes(test);
  writeFileSync(path, whole);
  process.stdout.write(`${seen ? 'noticed    ' : 'NOT NOTICED'}  ${guard}  (${test})\n`);
  return seen;
}

function passes(test: string): boolean {
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  return spawnSync(process.execPath, [vitest, 'run', '--bail', '1', test], { cwd: copy, stdio: 'ignore', timeout: MOST_MS }).status === 0;
}
