import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['moto[server]==5.2.5', 'cfn-lint==1.58.0'];
const MARK = 'ready-1'; // counts up when PACKAGES change

/** The Python environment of these tests, outside the source tree; made once and reused. Null: there is no Python. */
export function pythonEnvironment(): string | null {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'opsloop', 'aws-test');
  const mark = join(folder, MARK);
  if (existsSync(mark)) return folder;
  if (spawnSync('python3', ['-m', 'venv', '--help'], { stdio: 'ignore' }).status !== 0) return null;
  process.stdout.write(`Making a Python environment in ${folder} (once) …\n`);
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES], { stdio: 'inherit' });
  mkdirSync(mark);
  return folder;
}
