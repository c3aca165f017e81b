import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { system, user } from '../../src/domain/actor.ts';
import { openFolderArchive } from '../../src/embedded/archive.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { silentLog } from '../../src/log.ts';
import { importPatterns, patternHistory, revertPattern } from '../../src/loop/learning/history.ts';
import { relearn } from '../../src/loop/learning/relearn.ts';
import type { Ops } from '../../src/loop/ops.ts';
import { giveFeedback } from '../../src/loop/verbs/feedback.ts';
import { duplicates, learn } from '../../src/loop/verbs/patterns.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { aPattern } from '../contracts/knowledge.ts';
import { T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

const CLI = system('cli');
const ANA = user('U0ANA');

async function shelf() {
  const clock = new ManualClock(T0);
  const store = await tempStore({ clock });
  const knowledge = await openEmbeddedKnowledge(':memory:');
  const archive = openFolderArchive(mkdtempSync(join(tmpdir(), 'opsloop-history-')));
  const ops = { store, knowledge, archive, clock, log: silentLog, catalogue: CATALOGUE } as unknown as Ops;
  await knowledge.save([aPattern('PAT-001')]);
  const outcome = async (plan: number, success: boolean): Promise<void> => {
    await store.learning.put({
      key: `outcome:PLAN-${plan}`,
      patternId: 'PAT-001',
      action: 'restart_service',
      success,
      weight: 1,
      resolutionMs: null,
      atMs: T0,
    });
    await relearn(ops, 'PAT-001');
  };
  const confidence = async () => (await knowledge.get('PAT-001'))?.solutions[0]?.confidence;
  return { ops, store, knowledge, archive, clock, outcome, confidence };
}

it('keeps every state a pattern has had, the one before the first change too', async () => {
  const { ops, outcome } = await shelf();
  await outcome(1, true);
  await outcome(2, false);
  await learn(ops, aPattern('PAT-001', { title: 'Another name' }), ANA);
  const history = await patternHistory(ops, 'PAT-001');
  expect(history.map(({ version, reason }) => [version, reason])).toEqual([
    [4, 'written'],
    [3, 'learned'],
    [2, 'learned'],
    [1, 'before'],
  ]);
  await expect(patternHistory(ops, 'PAT-999')).rejects.toMatchObject({ code: 'not_found' });
});

it('brings an earlier state back, counts nothing twice after it, and can itself be undone', async () => {
  const { ops, store, outcome, confidence } = await shelf();
  await outcome(1, false);
  await outcome(2, false);
  const low = await confidence();
  await revertPattern(ops, 'PAT-001', 1, CLI);
  expect(await confidence()).toBe(0.8);
  await relearn(ops, 'PAT-001');
  expect(await confidence()).toBe(0.8);
  await outcome(3, true);
  expect(await confidence()).toBeGreaterThan(0.8);
  await revertPattern(ops, 'PAT-001', 3, CLI);
  expect(await confidence()).toBe(low);
  const verbs = (await store.audit.list({ subject: 'PAT-001', limit: 20 })).map(({ verb }) => verb);
  expect(verbs).toEqual(['pattern.reverted', 'pattern.reverted']);
  await expect(revertPattern(ops, 'PAT-001', 99, CLI)).rejects.toMatchObject({ code: 'not_found' });
});

it('keeps what a person wrote when the next outcome is learned', async () => {
  const { ops, knowledge, outcome } = await shelf();
  await outcome(1, true);
  await learn(ops, aPattern('PAT-001', { description: 'Mended words.' }), ANA);
  await outcome(2, true);
  expect((await knowledge.get('PAT-001'))?.description).toBe('Mended words.');
});

it('imports all or nothing: titles that collide and embeddings of another length are refused in words', async () => {
  const { ops, knowledge, archive } = await shelf();
  const fine = aPattern('PAT-777', { title: 'Quite another title' });
  await expect(importPatterns(ops, [fine, aPattern('PAT-778')], CLI)).rejects.toThrow('same title');
  await expect(importPatterns(ops, [fine, aPattern('PAT-779', { title: 'Third', embedding: [1, 2, 3] })], CLI)).rejects.toThrow(
    'has 3 numbers; this knowledge base uses 384',
  );
  expect(await knowledge.get('PAT-777')).toBeNull();
  expect(await importPatterns(ops, [fine, aPattern('PAT-001')], CLI)).toEqual({ added: ['PAT-777'], changed: [], unchanged: 1 });
  expect(await importPatterns(ops, [fine], CLI)).toEqual({ added: [], changed: [], unchanged: 1 });
  expect((await archive.list('patterns/')).some((key) => key.endsWith('/quite-another-title.json'))).toBe(true);
});

it('names a file in the archive by a title safely, whatever the title', async () => {
  const { ops, archive } = await shelf();
  await learn(ops, aPattern('PAT-801', { title: '../../etc/passwd \\ C:' }), ANA);
  expect(await archive.list('patterns/')).toEqual(['patterns/performance/etc-passwd-c.json']);
});

it('offers near-duplicates for merging, and merges: words of both, what was learned of the first', async () => {
  const { ops, knowledge } = await shelf();
  const twin = aPattern('PAT-500', { title: `${aPattern('PAT-001').title} again`, symptoms: [...aPattern('PAT-001').symptoms, 'a symptom of its own'] });
  expect((await duplicates(ops, twin)).map(({ patternId }) => patternId)).toEqual(['PAT-001']);
  const merged = await learn(ops, twin, ANA, 'PAT-001');
  expect(merged).toMatchObject({ pattern_id: 'PAT-001', title: aPattern('PAT-001').title });
  expect(merged.symptoms).toContain('a symptom of its own');
  expect(merged.metadata.occurrence_count).toBe(2 * aPattern('PAT-001').metadata.occurrence_count);
  expect(await knowledge.get('PAT-500')).toBeNull();
  expect((await patternHistory(ops, 'PAT-001')).map(({ reason }) => reason)).toEqual(['merged', 'before']);
});

it('refuses risks that are not the catalogue’s when a pattern is saved', async () => {
  const { ops } = await shelf();
  const wrong = aPattern('PAT-600', { title: 'Wrong risk', solutions: [{ action: 'restart_service', confidence: 0.5, risk: 'high' }] });
  await expect(learn(ops, wrong, ANA)).rejects.toThrow('The risk of restart_service is low');
});

it('lets one person move a pattern no further than the bound, with twenty verdicts on one day', async () => {
  const { ops, store, confidence } = await shelf();
  const say = (subject: string, userId: string) => giveFeedback(ops, { subject, verdict: 'bad', meaning: 'match', comment: null }, user(userId));
  const incident = { title: 'x', severity: 0.7, service: null, environment: null, resourceIds: ['ecs/a'], openedAtMs: T0, startedAtMs: T0, anomalyIds: [] };
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const { id } = await store.incidents.open(incident, CLI);
    await store.incidents.patch(id, { matches: [{ patternId: 'PAT-001', title: 'x', category: 'performance', similarity: 0.9, why: [] }] }, null, T0);
    ids.push(id);
  }
  const before = (await confidence()) ?? 0;
  for (const id of ids) await say(id, 'U0EVE');
  const after = (await confidence()) ?? 0;
  const three = (8 * before) / (8 + 3 * 0.5); // three verdicts of weight one half against a prior of eight
  expect(after).toBeCloseTo(three, 3);
  await say(ids[0] ?? '', 'U0BOB');
  expect(await confidence()).toBeLessThan(after);
});
