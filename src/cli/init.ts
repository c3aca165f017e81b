import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'opsloop.config.example.yaml');

/** `opsloop init [FILE]`: the commented example as a config of one's own. Never over an existing file. */
export function init(file: string): void {
  if (existsSync(file)) throw new OpsError('invalid_input', `${file} is there already.`, 'Name another file, or move that one away.');
  copyFileSync(EXAMPLE, file);
  process.stdout.write(
    `Wrote ${file}. Every setting is in it, commented out with its default.\nNext: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, then run "opsloop doctor".\n`,
  );
}
