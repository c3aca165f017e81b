import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { system } from '../../src/domain/actor.ts';
import { openFolderArchive } from '../../src/embedded/archive.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { silentLog } from '../../src/log.ts';
import { importPatterns, patternHistory, revertPattern } from '../../src/loop/learning/history.ts';
import type { Ops } from '../../src/loop/ops.ts';
import { learn } from '../../src/loop/stages/learn.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { aPattern } from '../contracts/knowledge.ts';
import { policy, T0 } from '../support/make.ts';
import { Crash, type Fate, mortal } from '../support/mortal.ts';

const CLI = system('cli');
const immortal = (): Fate => ({ calls: 0, dieAt: -1, when: 'before' });
/** One is new, one changes its words, and two swap their titles: the archive goes by titles. */
const FIRST = [aPattern('PAT-001'), aPattern('PAT-002', { title: 'Second' }), aPattern('PAT-003', { title: 'Third' })];
const NEWS = [
  aPattern('PAT-001', { description: 'Other words.' }),
  aPattern('PAT-002', { title: 'Third' }),
  aPattern('PAT-003', { title: 'Second' }),
  aPattern('PAT-004', { title: 'Fourth' }),
];

async function world() {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-keeping-'));
  const clock = new ManualClock(T0);
  const store = await openStore(join(dir, 'a.db'), { clock });
  const knowledge = await openEmbeddedKnowledge(':memory:');
  const archive = openFolderArchive(join(dir, 'archive'));
  const opsWith = (fate: Fate): Ops =>
    ({
      store: mortal(store, fate),
      knowledge: mortal(knowledge, fate),
      archive: mortal(archive, fate),
      clock,
      log: silentLog,
      policy: policy(),
      catalogue: CATALOGUE,
    }) as unknown as Ops;
  await importPatterns(opsWith(immortal()), FIRST, CLI);
  const titles = async (): Promise<string[]> => (await knowledge.list()).map(({ pattern_id, title, description }) => `${pattern_id} ${title} ${description}`);
  const look = async () => ({
    known: await titles(),
    archived: await Promise.all((await archive.list('patterns/')).map(async (key) => [key, JSON.parse((await archive.get(key))?.content ?? '').pattern_id])),
    versions: await Promise.all((await knowledge.list()).map(async ({ pattern_id }) => (await patternHistory(opsWith(immortal()), pattern_id)).length)),
  });
  const close = async (): Promise<void> => {
    await store.close();
    await knowledge.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { opsWith, look, titles, close };
}

/** Before all, and after each call: right after one is right before the next. */
const deaths = (calls: number): Pick<Fate, 'when' | 'dieAt'>[] => [
  { when: 'before', dieAt: 1 },
  ...Array.from({ length: calls }, (_, i) => ({ when: 'after' as const, dieAt: i + 1 })),
];

/** Dies at every step in turn, before it and after it; then the loop comes round once. */
async function atEveryStep(work: (ops: Ops) => Promise<unknown>): Promise<void> {
  const calm = await world();
  onTestFinished(calm.close);
  const before = await calm.titles();
  const untouched = await calm.look();
  const counting = immortal();
  await work(calm.opsWith(counting));
  const after = await calm.titles();
  const expected = await calm.look();
  expect(after).not.toEqual(before);
  for (const { when, dieAt } of deaths(counting.calls)) {
    const crashed = await world();
    await expect(work(crashed.opsWith({ calls: 0, dieAt, when })), `${when} call ${dieAt}`).rejects.toThrow(Crash);
    expect([before, after], `${when} call ${dieAt}: all or nothing`).toContainEqual(await crashed.titles());
    await learn(crashed.opsWith(immortal()));
    const resumed = await crashed.look();
    if (JSON.stringify(resumed) !== JSON.stringify(untouched)) expect(resumed, `${when} call ${dieAt}: to its end`).toEqual(expected);
    await work(crashed.opsWith(immortal()));
    expect(await crashed.look(), `${when} call ${dieAt}: once more`).toEqual(expected);
    await crashed.close();
  }
}

it('imports all or nothing, whatever the step it dies at; the loop brings a half-done import to its end, and a second import is one import', async () => {
  await atEveryStep((ops) => importPatterns(ops, NEWS, CLI));
});

it('reverts all or nothing in the same way', async () => {
  const calm = await world();
  onTestFinished(calm.close);
  const ops = calm.opsWith(immortal());
  await importPatterns(ops, [aPattern('PAT-001', { title: 'Renamed', description: 'Other words.' })], CLI);
  const counting = immortal();
  await revertPattern(calm.opsWith(counting), 'PAT-001', 1, CLI);
  const expected = await calm.look();
  expect(counting.calls).toBeGreaterThan(6);
  for (const { when, dieAt } of deaths(counting.calls)) {
    const crashed = await world();
    await importPatterns(crashed.opsWith(immortal()), [aPattern('PAT-001', { title: 'Renamed', description: 'Other words.' })], CLI);
    await expect(revertPattern(crashed.opsWith({ calls: 0, dieAt, when }), 'PAT-001', 1, CLI)).rejects.toThrow(Crash);
    await learn(crashed.opsWith(immortal()));
    await revertPattern(crashed.opsWith(immortal()), 'PAT-001', 1, CLI);
    expect(await crashed.look(), `${when} call ${dieAt}`).toEqual(expected);
    await crashed.close();
  }
});
