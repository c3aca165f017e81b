import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** One forbidden import a room: file → what it imports. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  'src/domain/planted.ts': '../config.ts',
  'src/rca/planted.ts': '../detect/other.ts',
  'src/detect/planted.ts': '../store/open.ts',
  'src/action/planted.ts': '../loop/ops.ts',
  'src/loop/planted.ts': '../slack/app.ts',
  'src/loop/stages/planted.ts': '../../sandbox/clock.ts',
  'src/store/planted.ts': '../embedded/knowledge.ts',
  'src/embedded/planted.ts': '../store/open.ts',
  'src/charts/planted.ts': '../slack/app.ts',
  'src/sandbox/planted.ts': '../rca/rank.ts',
  'blocks/planted.ts': '../src/loop/verbs.ts',
  'commands/planted.ts': '../src/store/open.ts',
};
const ALLOWED: Readonly<Record<string, string>> = {
  'src/rca/fine.ts': '../domain/errors.ts',
  'src/loop/fine.ts': '../rca/rank.ts',
  'blocks/fine.ts': '../src/domain/errors.ts',
  'commands/fine.ts': '../src/loop/verbs.ts',
};

describe('the import boundaries', () => {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-boundaries-'));
  let said = '';

  beforeAll(async () => {
    const config = JSON.parse(readFileSync('biome.json', 'utf8')) as Record<string, unknown>;
    delete config['$schema'];
    delete config['vcs'];
    write('biome.json', JSON.stringify(config));
    for (const [file, specifier] of Object.entries({ ...FORBIDDEN, ...ALLOWED })) write(file, `import { x } from '${specifier}';\nexport const z = x;\n`);
    write('src/http/one.ts', "import { two } from './two.ts';\nexport const one = two;\n");
    write('src/http/two.ts', "import { one } from './one.ts';\nexport const two = one;\n");
    write('src/http/env.ts', 'export const path = process.env;\n');
    said = await lint();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  };
  const lint = async (): Promise<string> => {
    const biome = resolve('node_modules/.bin/biome');
    const run = promisify(execFile)(biome, ['lint', '--max-diagnostics=none', '--reporter=github', '.'], { cwd: dir });
    return await run.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  };
  const rulesOn = (file: string): string[] => said.split('\n').filter((line) => line.includes(`/${file},`));

  it('are violated by each planted import, so that the check can fail', () => {
    for (const file of Object.keys(FORBIDDEN)) expect(rulesOn(file).join(), file).toContain('noRestrictedImports');
  });

  it('let through what the house allows', () => {
    for (const file of Object.keys(ALLOWED)) expect(rulesOn(file).join(), file).not.toContain('noRestrictedImports');
  });

  it('find an import cycle, and process.env outside the config', () => {
    expect(rulesOn('src/http/one.ts').join()).toContain('noImportCycles');
    expect(rulesOn('src/http/env.ts').join()).toContain('noProcessEnv');
  });
});
