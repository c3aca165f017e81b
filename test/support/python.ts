import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python environment for tests, outside the source tree. `mark` counts up when `packages` change. */
export interface PythonNeeds {
  readonly name: string;
  readonly mark: string;
  /** What pip installs; or its words, given the folder. */
  readonly packages: readonly string[] | ((folder: string) => readonly string[]);
}

/** The folder of the environment, made once and reused. Null: there is no Python. */
export function pythonEnvironment({ name, mark, packages }: PythonNeeds): string | null {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'opsloop', name);
  const ready = join(folder, mark);
  if (existsSync(ready)) return folder;
  if (spawnSync('python3', ['-m', 'venv', '--help'], { stdio: 'ignore' }).status !== 0) return null;
  process.stdout.write(`Making a Python environment in ${folder} (once) …\n`);
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  const words = typeof packages === 'function' ? packages(folder) : packages;
  execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...words], { stdio: 'inherit' });
  mkdirSync(ready);
  return folder;
}
