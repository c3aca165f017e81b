import { expect, it } from 'vitest';
import { system } from '../../../src/domain/actor.ts';
import type { Pattern } from '../../../src/domain/pattern.ts';
import { NOON } from './drafts.ts';
import type { Place } from './place.ts';

const record = (confidence: number): Pattern => ({
  pattern_id: 'PAT-900',
  category: 'performance',
  title: 'A title',
  description: 'Words.',
  symptoms: ['slow'],
  root_causes: [],
  solutions: [{ action: 'restart_service', confidence, risk: 'low' }],
  metadata: { occurrence_count: 0, last_seen: null, success_rate: null, avg_resolution_time: null },
});
const draft = (confidence: number) => ({ patternId: 'PAT-900', atMs: NOON, actor: system('feedback'), reason: 'learned', record: record(confidence) });

export function patternVersionContract(make: () => Place): void {
  it('numbers the states of a pattern, newest first, without their embedding, and files no state twice in a row', async () => {
    const { patternVersions } = await make().open();
    expect((await patternVersions.add({ ...draft(0.5), record: { ...record(0.5), embedding: [1, 2] } }))?.version).toBe(1);
    expect(await patternVersions.add(draft(0.5))).toBeNull();
    expect((await patternVersions.add(draft(0.6)))?.version).toBe(2);
    expect((await patternVersions.add(draft(0.5)))?.version).toBe(3);
    expect((await patternVersions.list('PAT-900', 2)).map((one) => one.version)).toEqual([3, 2]);
    expect(await patternVersions.get('PAT-900', 1)).toEqual({ ...draft(0.5), version: 1 });
    expect(await patternVersions.get('PAT-900', 9)).toBeNull();
    expect(await patternVersions.list('PAT-901', 9)).toEqual([]);
  });

  it('hands on what was last saved of each pattern, in the order of the changes, without its embedding', async () => {
    const place = make();
    const [{ sharedPatterns }, other] = [await place.open(), await place.open()];
    await sharedPatterns.put([
      { patternId: 'PAT-900', record: { ...record(0.5), embedding: [1, 2] } },
      { patternId: 'PAT-901', record: record(0.1) },
    ]);
    const first = await other.sharedPatterns.since(0, 1);
    expect(first.changes).toEqual([{ patternId: 'PAT-900', record: record(0.5) }]);
    await other.sharedPatterns.put([{ patternId: 'PAT-900', record: null }]);
    const rest = await sharedPatterns.since(first.sequence, 9);
    expect(rest.changes).toEqual([
      { patternId: 'PAT-901', record: record(0.1) },
      { patternId: 'PAT-900', record: null },
    ]);
    expect(await sharedPatterns.since(rest.sequence, 9)).toEqual({ changes: [], sequence: rest.sequence });
  });

  it('keeps the latest 200 states of a pattern', async () => {
    const { patternVersions } = await make().open();
    for (let n = 1; n <= 203; n += 1) await patternVersions.add(draft(n / 1000));
    const kept = await patternVersions.list('PAT-900', 1000);
    expect([kept.length, kept[0]?.version, kept.at(-1)?.version]).toEqual([200, 203, 4]);
  });

  it('forgets what was observed of one pattern only', async () => {
    const { learning } = await make().open();
    const seen = { action: 'restart_service', success: true, weight: 1, resolutionMs: null, atMs: NOON };
    await learning.put({ ...seen, key: 'outcome:PLAN-1', patternId: 'PAT-900' });
    await learning.put({ ...seen, key: 'outcome:PLAN-2', patternId: 'PAT-901' });
    expect(await learning.forget('PAT-900')).toBe(1);
    expect((await learning.tallyPattern('PAT-900')).outcomes).toBe(0);
    expect((await learning.tallyPattern('PAT-901')).outcomes).toBe(1);
  });
}
