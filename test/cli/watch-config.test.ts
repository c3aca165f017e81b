import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchConfig } from '../../src/cli/watch-config.ts';

let stop = (): void => undefined;
afterEach(() => {
  stop();
  vi.unstubAllEnvs();
});

describe('the config file while opsloop runs', () => {
  it('is noticed when another is put in its place, and on SIGHUP', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-watch-'));
    const path = join(dir, 'opsloop.config.yaml');
    writeFileSync(path, 'policy: {}\n');
    vi.stubEnv('OPSLOOP_CONFIG', path);
    let seen = 0;
    stop = watchConfig(async () => {
      seen += 1;
    }, 20);
    process.emit('SIGHUP', 'SIGHUP');
    expect(seen).toBe(1);
    writeFileSync(join(dir, 'new'), 'policy: { quorum: 3 }\n');
    renameSync(join(dir, 'new'), path);
    await vi.waitFor(() => expect(seen).toBe(2), 2000);
    stop();
    process.emit('SIGHUP', 'SIGHUP');
    expect(seen).toBe(2);
    rmSync(dir, { recursive: true });
  });
});
