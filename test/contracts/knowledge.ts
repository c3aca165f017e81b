import { describe, expect, it } from 'vitest';
import { MATCH_THRESHOLD, type Pattern } from '../../src/domain/pattern.ts';
import type { KnowledgeBase, KnowledgeQuery } from '../../src/domain/ports.ts';

/** A pattern of the seed's shape for tests; texts decide what finds it. */
export function aPattern(id: string, over: Partial<Pattern> = {}): Pattern {
  return {
    pattern_id: id,
    category: 'performance',
    title: 'EC2 High CPU Usage',
    description: 'EC2 instance experiencing sustained high CPU utilization',
    symptoms: ['CPU > 90% for 5+ minutes', 'Response time increased', 'Process queue growing'],
    root_causes: ['Insufficient instance size', 'Runaway process'],
    solutions: [
      { action: 'restart_service', confidence: 0.8, risk: 'low' },
      { action: 'scale_up', confidence: 0.7, risk: 'medium' },
    ],
    metadata: { occurrence_count: 42, last_seen: '2026-02-10', success_rate: 0.85, avg_resolution_time: '15min' },
    ...over,
  };
}

export const DATABASE = aPattern('PAT-002', {
  title: 'RDS Connections Exhausted',
  description: 'The database refuses new sessions.',
  symptoms: ['DatabaseConnections at maximum', 'Too many connections errors'],
  root_causes: ['Connection leak'],
  metadata: { occurrence_count: 3, last_seen: '2025-06-01', success_rate: null, avg_resolution_time: null },
});
export const BUCKET = aPattern('PAT-003', {
  category: 'security',
  title: 'S3 Bucket Public',
  description: 'A bucket can be read by anybody on the internet.',
  symptoms: ['Bucket policy allows principal *'],
  root_causes: [],
  metadata: { occurrence_count: 0, last_seen: null, success_rate: null, avg_resolution_time: null },
});

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const ids = async (base: KnowledgeBase, query: Partial<KnowledgeQuery> & { text: string }): Promise<string[]> =>
  (await base.search({ limit: 10, ...query }, signal())).matches.map(({ patternId }) => patternId);

/** What every knowledge base keeps to. `make` gives an empty one; it cleans up after the test itself. */
export function knowledgeContract(name: string, make: () => Promise<KnowledgeBase>): void {
  const filled = async (): Promise<KnowledgeBase> => {
    const base = await make();
    await base.save([aPattern('PAT-001'), DATABASE, BUCKET]);
    return base;
  };

  describe(`${name} keeps the knowledge base's promises`, () => {
    it('finds the example of the seed first and over the threshold', async () => {
      const base = await filled();
      const { matches, source } = await base.search({ text: 'EC2 CPU 很高，响应变慢', limit: 5 }, signal());
      expect(matches[0]).toMatchObject({ patternId: 'PAT-001', title: 'EC2 High CPU Usage', category: 'performance' });
      expect(matches[0]?.similarity).toBeGreaterThan(MATCH_THRESHOLD);
      expect(matches[0]?.why.length).toBeGreaterThan(0);
      expect(source).not.toBe('');
    });

    it('finds nothing over the threshold for an unrelated text', async () => {
      const base = await filled();
      for (const text of ['what is for lunch today', '明天天气怎么样', 'the printer is out of toner']) {
        const { matches } = await base.search({ text, limit: 5 }, signal());
        expect(matches.filter(({ similarity }) => similarity > MATCH_THRESHOLD)).toEqual([]);
      }
    });

    it('gives the best first, similarities within 0..1, and no more than asked', async () => {
      const base = await filled();
      const { matches } = await base.search({ text: 'too many connections on the database, cpu high', limit: 2 }, signal());
      expect(matches.length).toBeLessThanOrEqual(2);
      expect(matches[0]?.patternId).toBe('PAT-002');
      const values = matches.map(({ similarity }) => similarity);
      expect(values).toEqual([...values].sort((a, b) => b - a));
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
      for (const value of values) expect(value).toBeLessThanOrEqual(1);
    });

    it('narrows by category, by service and by date', async () => {
      const base = await filled();
      const text = 'database connections, cpu high, bucket public';
      expect(await ids(base, { text, categories: ['security'] })).toEqual(['PAT-003']);
      expect(await ids(base, { text, service: 'rds' })).toEqual(['PAT-002']);
      expect(await ids(base, { text, seenSince: '2026-01-01' })).toEqual(['PAT-001']);
      expect(await ids(base, { text, service: 'rds', seenSince: '2026-01-01' })).toEqual([]);
    });

    it('returns saved records whole, with their embedding, and saving twice changes nothing', async () => {
      const base = await make();
      const [first] = await base.save([aPattern('PAT-001')]);
      const [again] = await base.save([aPattern('PAT-001')]);
      expect(again).toEqual(first);
      expect(first).toMatchObject(aPattern('PAT-001'));
      expect(first?.embedding?.length).toBeGreaterThan(0);
      expect(await base.get('PAT-001')).toEqual(first);
      expect(await base.list()).toEqual([first]);
    });

    it('finds a changed record by its new words and not by its old ones', async () => {
      const base = await make();
      await base.save([aPattern('PAT-001')]);
      await base.save([{ ...BUCKET, pattern_id: 'PAT-001' }]);
      expect(await ids(base, { text: 'public bucket' })).toEqual(['PAT-001']);
      const { matches } = await base.search({ text: 'EC2 CPU 很高，响应变慢', limit: 5 }, signal());
      expect(matches.filter(({ similarity }) => similarity > MATCH_THRESHOLD)).toEqual([]);
      expect(await base.list()).toHaveLength(1);
    });

    it('forgets what is removed, and removing what is not there is no error', async () => {
      const base = await filled();
      await base.remove(['PAT-002', 'PAT-999']);
      expect(await base.get('PAT-002')).toBeNull();
      expect(await ids(base, { text: 'too many connections' })).not.toContain('PAT-002');
      expect((await base.list()).map(({ pattern_id }) => pattern_id)).toEqual(['PAT-001', 'PAT-003']);
      expect(await base.count()).toBe(2);
    });

    it('takes hostile texts as plain ones', async () => {
      const base = await filled();
      const hostile = [
        '"unbalanced AND (',
        'NEAR(a b) OR *',
        "'; DROP TABLE patterns; --",
        '😀👍🏽 \u202e\u0000',
        'col:term^2 -minus',
        ' ',
        `cpu ${'x'.repeat(100_000)}`,
      ];
      for (const text of hostile) expect(Array.isArray(await ids(base, { text }))).toBe(true);
      expect(await base.list()).toHaveLength(3);
    });

    it('refuses an embedding of another length, and saves none of the batch', async () => {
      const base = await make();
      await expect(base.save([aPattern('PAT-001'), { ...DATABASE, embedding: [0.1, 0.2, 0.3] }])).rejects.toMatchObject({ code: 'invalid_input' });
      expect(await base.list()).toEqual([]);
    });

    it('answers from an empty base', async () => {
      const base = await make();
      expect(await ids(base, { text: 'EC2 CPU high' })).toEqual([]);
      expect(await base.list()).toEqual([]);
      expect(await base.get('PAT-001')).toBeNull();
    });
  });
}
