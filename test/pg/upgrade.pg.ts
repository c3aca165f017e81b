import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../crash/replicas/fleet.ts';
import { resource } from '../support/make.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const SCRIPT = 'test/crash/replicas/child.ts';
/** The commit before, when the history is there and it runs as a replica at all. */
const before = spawnSync('git', ['rev-parse', '--verify', '--quiet', `HEAD~1:${SCRIPT}`], { cwd: PROJECT }).status === 0 ? 'HEAD~1' : null;
if (before === null) process.stderr.write('upgrade: the commit before is not in this checkout (a shallow clone?), so two versions are not run together.\n');

function previousTree(commit: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'opsloop-before-'));
  mkdirSync(tree, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: PROJECT, maxBuffer: 512 * 2 ** 20 });
  execFileSync('tar', ['-x', '-C', tree], { input: archive });
  symlinkSync(join(PROJECT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

async function incidentOf(fleet: Fleet, alert: string): Promise<string | null> {
  for (let looks = 0; looks < 600; looks += 1) {
    const found = (await fleet.store.anomalies.live(100)).find((one) => one.key.startsWith(`alarm:${alert}@`));
    if (found?.incidentId != null) return found.incidentId;
    await sleep(50);
  }
  return null;
}

describe.skipIf(before === null)('the version before beside this one', () => {
  it('share one database: each takes alerts, and each goes on when the other ends, the old one also after the new one changed the schema', {
    timeout: 240_000,
  }, async () => {
    const old = previousTree(before ?? '');
    const fleet = await Fleet.open(2, [old, PROJECT]);
    try {
      await fleet.store.signals.saveTopology({ resources: ['a', 'b', 'c'].map((name) => resource(`ecs/${name}`)), dependencies: [] });
      await fleet.alert('together', 'ecs/a', 0);
      expect(await incidentOf(fleet, 'together')).not.toBeNull();
      const [first, second] = fleet.up;
      if (first !== undefined) await fleet.kill(first);
      await fleet.alert('new-alone', 'ecs/b', 0);
      expect(await incidentOf(fleet, 'new-alone')).not.toBeNull();
      await fleet.raise(); // the version before starts again, on the schema of this one
      if (second !== undefined) await fleet.kill(second);
      await fleet.alert('old-alone', 'ecs/c', 0);
      expect(await incidentOf(fleet, 'old-alone')).not.toBeNull();
      expect((await fleet.store.audit.verify()).brokenAt).toBeNull();
    } finally {
      await fleet.close();
      rmSync(old, { recursive: true, force: true });
    }
  });
});
