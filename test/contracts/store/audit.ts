import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANA, LOOP, NOON } from './drafts.ts';
import type { Place } from './place.ts';

export function auditContract(make: () => Place): void {
  describe('audit', () => {
    it('chains each row to the one before', async () => {
      const { audit } = await make().open();
      const first = await audit.append({ actor: ANA, verb: 'a.b', subject: 'INC-1', detail: { z: 1, a: [true, null] } }, NOON);
      const second = await audit.append({ actor: LOOP, verb: 'c.d', subject: 'INC-1', detail: {} }, NOON + 1);
      expect(first).toMatchObject({ seq: 1, prevHash: '' });
      expect(second).toMatchObject({ seq: 2, prevHash: first.hash });
      expect(await audit.list({ limit: 9 })).toEqual([first, second]);
      expect(await audit.verify()).toEqual({ rows: 2, brokenAt: null, reason: null });
    });

    it('hashes what anybody can recompute: SHA-256 over sorted JSON', async () => {
      const { audit } = await make().open();
      const entry = await audit.append({ actor: ANA, verb: 'a.b', subject: 'INC-1', detail: { z: 1, a: { y: 'ü', x: [1.5] } } }, NOON);
      const text = `[1,${NOON},{"type":"user","userId":"U1"},"a.b","INC-1",{"a":{"x":[1.5],"y":"ü"},"z":1},""]`;
      expect(entry.hash).toBe(createHash('sha256').update(text).digest('hex'));
    });

    it('holds whatever text and detail it is given', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'binary-ascii', minLength: 1 }),
        fc.constantFrom('\ud800', 'a\u0000b'),
      );
      const draft = fc.record({
        actor: fc.constant(ANA),
        verb: text,
        subject: text,
        detail: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
      });
      const store = await make().open();
      const { audit } = store;
      let before = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(draft, { minLength: 1, maxLength: 6 }), async (drafts) => {
          const after = before;
          await store.transaction(async (tx) => {
            for (const each of drafts) before = (await tx.audit.append(each, NOON)).seq;
          });
          expect(await audit.verify()).toEqual({ rows: before, brokenAt: null, reason: null });
          const rows = await audit.list({ after, limit: 99 });
          expect(rows.map((row) => row.detail)).toEqual(drafts.map((each) => JSON.parse(JSON.stringify(each.detail)) as unknown));
        }),
        { numRuns: 25 },
      );
    });

    it('lists oldest first, on from a sequence, by subject or by the incident a row names', async () => {
      const { audit } = await make().open();
      const add = (subject: string, detail: Record<string, unknown>) => audit.append({ actor: LOOP, verb: 'x', subject, detail }, NOON);
      await add('INC-1', {});
      await add('PLAN-1', { incidentId: 'INC-1' });
      await add('INC-2', {});
      await add('INC-1', { incidentId: 'INC-1' });
      const seqs = async (query: Parameters<typeof audit.list>[0]): Promise<number[]> => (await audit.list(query)).map((row) => row.seq);
      expect(await seqs({ limit: 2 })).toEqual([1, 2]);
      expect(await seqs({ limit: 9, after: 2 })).toEqual([3, 4]);
      expect(await seqs({ limit: 9, subject: 'INC-1' })).toEqual([1, 2, 4]);
      expect(await seqs({ limit: 9, subject: 'INC-1', after: 1 })).toEqual([2, 4]);
      expect(await seqs({ limit: 9, subject: 'PLAN-1' })).toEqual([2]);
    });

    it('verifies a chain that is longer than one page, also while it grows', async () => {
      const store = await make().open();
      const row = { actor: LOOP, verb: 'x', subject: 'INC-1', detail: {} };
      await store.transaction(async (tx) => {
        for (let n = 0; n < 1200; n++) await tx.audit.append(row, NOON);
      });
      const [report] = await Promise.all([store.audit.verify(), store.audit.append(row, NOON)]);
      expect(report).toEqual({ rows: expect.toSatisfy((rows: number) => rows === 1200 || rows === 1201) as number, brokenAt: null, reason: null });
      expect(await store.audit.verify()).toEqual({ rows: 1201, brokenAt: null, reason: null });
    });
  });
}
