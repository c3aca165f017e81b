import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { system } from '../../src/domain/actor.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Pattern } from '../../src/domain/pattern.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Archive, KnowledgeBase } from '../../src/domain/ports.ts';
import { openFolderArchive } from '../../src/embedded/archive.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { silentLog } from '../../src/log.ts';
import type { Ops } from '../../src/loop/ops.ts';
import { learn } from '../../src/loop/stages/learn.ts';
import { giveFeedback, withdrawFeedback } from '../../src/loop/verbs/feedback.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { MINUTE, plan as planOf, policy, T0 } from '../support/make.ts';
import { Crash, mortal } from '../support/mortal.ts';

const PATTERN: Pattern = {
  pattern_id: 'PAT-900',
  category: 'performance',
  title: 'ECS service leaks memory',
  description: 'Memory of an ECS service grows until it slows down.',
  symptoms: ['MemoryUtilization rising'],
  root_causes: ['memory leak'],
  solutions: [{ action: 'restart_service', confidence: 0.6, risk: 'low' }],
  metadata: { occurrence_count: 0, last_seen: null, success_rate: null, avg_resolution_time: null },
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A store with one finished plan that a pattern suggested, its knowledge base and its archive. */
async function afterARun() {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-learn-'));
  folders.push(dir);
  const clock = new ManualClock(T0);
  const store = await openStore(join(dir, 'a.db'), { clock });
  const knowledge = await openEmbeddedKnowledge(join(dir, 'k.db'));
  const archive = openFolderArchive(join(dir, 'archive'));
  await knowledge.save([PATTERN]);
  const {
    id: _id,
    state: _state,
    approvals: _approvals,
    ...draft
  } = planOf({ incidentId: null, patternId: 'PAT-900', action: 'restart_service', risk: 'low' });
  const created = await store.plans.create(draft, system('test'));
  const outcome = { result: 'succeeded' as const, atMs: T0 + 5 * MINUTE, detail: explain('t', 'healed'), verified: true, durationMs: 9 * MINUTE };
  const move = async (from: Plan['state'], to: Plan['state'], patch = {}): Promise<void> => {
    await store.plans.move(created.id, { from: [from], to, patch, actor: system('test'), verb: `plan.${to}`, atMs: T0 });
  };
  await move('proposed', 'approved');
  await move('approved', 'claimed');
  await move('claimed', 'verifying', { executedAtMs: T0 });
  await move('verifying', 'succeeded', { outcome });
  const person = { id: 'U1', name: 'U1', locale: 'en' as const, timeZone: 'UTC', isBot: false, deactivated: false };
  const opsWith = (fate: { calls: number; dieAt: number; when: 'before' | 'after' }): Ops =>
    ({
      store: mortal(store, fate),
      knowledge: mortal<KnowledgeBase>(knowledge, fate),
      archive: mortal<Archive>(archive, fate),
      clock,
      log: silentLog,
      policy: policy(),
      catalogue: CATALOGUE,
      directory: { person: async () => person, groupMembers: async () => [] },
    }) as unknown as Ops;
  const look = async () => ({
    pattern: (await knowledge.get('PAT-900'))?.solutions,
    metadata: (await knowledge.get('PAT-900'))?.metadata,
    archived: JSON.parse((await archive.get('patterns/performance/ecs-service-leaks-memory.json'))?.content ?? 'null')?.solutions,
    log: (await archive.get('feedback/2026-03/feedback-log.jsonl'))?.content.trim().split('\n') ?? [],
    learned: (await store.plans.get(created.id))?.learnedAtMs !== null,
    tally: await store.learning.tally('PAT-900', 'restart_service'),
  });
  return { store, knowledge, opsWith, look, planId: created.id };
}
const immortal = () => ({ calls: 0, dieAt: -1, when: 'before' as const });

describe('the learning loop', () => {
  it('takes a verified outcome to the pattern: confidence, success rate, resolution time, embedding, archive, log', async () => {
    const world = await afterARun();
    await learn(world.opsWith(immortal()));
    const seen = await world.look();
    expect(seen.pattern?.[0]?.confidence).toBeGreaterThan(0.6);
    expect(seen.archived).toEqual(seen.pattern);
    expect(seen.metadata).toMatchObject({ occurrence_count: 1, success_rate: 1, avg_resolution_time: '9min', last_seen: '2026-03-02' });
    expect(seen.log).toHaveLength(1);
    expect((await world.knowledge.get('PAT-900'))?.embedding?.length).toBeGreaterThan(0);
  });

  it('ends the same whatever the step it crashed at: nothing is learned twice, nothing is forgotten', async () => {
    const calm = await afterARun();
    const counting = immortal();
    await learn(calm.opsWith(counting));
    const expected = await calm.look();
    expect(counting.calls).toBeGreaterThan(6);
    for (const when of ['before', 'after'] as const) {
      for (let dieAt = 1; dieAt <= counting.calls; dieAt += 1) {
        const world = await afterARun();
        await expect(learn(world.opsWith({ calls: 0, dieAt, when })), `${when} call ${dieAt}`).rejects.toThrow(Crash);
        await learn(world.opsWith(immortal()));
        expect(await world.look(), `${when} call ${dieAt}`).toEqual(expected);
        await world.store.close();
        await world.knowledge.close();
      }
    }
  });

  it('counts two verdicts of one person once, and forgets one that is taken back', async () => {
    const world = await afterARun();
    const ops = world.opsWith(immortal());
    await learn(ops);
    const before = (await world.look()).pattern?.[0]?.confidence ?? 0;
    const say = (userId: string, verdict: 'good' | 'bad') =>
      giveFeedback(ops, { subject: world.planId, verdict, meaning: null, comment: null }, { type: 'user', userId });
    const once = (await say('U1', 'good')).confidence?.after ?? 0;
    expect(once).toBeGreaterThan(before);
    expect((await say('U1', 'good')).confidence?.after).toBe(once);
    expect((await say('U2', 'good')).confidence?.after).toBeGreaterThan(once);
    await withdrawFeedback(ops, world.planId, { type: 'user', userId: 'U1' });
    await withdrawFeedback(ops, world.planId, { type: 'user', userId: 'U2' });
    expect((await world.look()).pattern?.[0]?.confidence).toBe(before);
  });
});
