import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Archive } from '../../src/domain/ports.ts';

const KEY = 'patterns/performance/ec2-high-cpu.json';

/** What every archive keeps to. `make` gives an empty one; it cleans up after the test itself. */
export function archiveContract(name: string, make: () => Promise<Archive>): void {
  describe(`${name} keeps the archive's promises`, () => {
    it('gives back what was put, with the same etag for the same content', async () => {
      const archive = await make();
      const { etag } = await archive.put(KEY, '{"title":"CPU 很高"}');
      expect(await archive.get(KEY)).toEqual({ content: '{"title":"CPU 很高"}', etag });
      expect((await archive.put(KEY, 'other')).etag).not.toBe(etag);
      expect((await archive.put(KEY, '{"title":"CPU 很高"}')).etag).toBe(etag);
      expect(await archive.get('patterns/none.json')).toBeNull();
    });

    it('creates only when nothing is there, and replaces only the version that was read', async () => {
      const archive = await make();
      const { etag } = await archive.put(KEY, 'one', { ifMatch: null });
      await expect(archive.put(KEY, 'two', { ifMatch: null })).rejects.toMatchObject({ code: 'conflict' });
      await archive.put(KEY, 'two', { ifMatch: etag });
      await expect(archive.put(KEY, 'three', { ifMatch: etag })).rejects.toMatchObject({ code: 'conflict' });
      await expect(archive.put('runbooks/new-runbook.md', 'x', { ifMatch: etag })).rejects.toMatchObject({ code: 'conflict' });
      expect((await archive.get(KEY))?.content).toBe('two');
    });

    it('lets one of many writers win each round, so that no update is lost', async () => {
      const archive = await make();
      await archive.put('feedback/2026-02/feedback-log.jsonl', '');
      const append = async (line: string): Promise<void> => {
        for (let tries = 0; tries < 50; tries += 1) {
          const there = await archive.get('feedback/2026-02/feedback-log.jsonl');
          const written = await archive.put('feedback/2026-02/feedback-log.jsonl', `${there?.content}${line}\n`, { ifMatch: there?.etag ?? null }).then(
            () => true,
            () => false,
          );
          if (written) return;
        }
        throw new Error('never written');
      };
      await Promise.all(Array.from({ length: 8 }, (_, i) => append(`line ${i}`)));
      const lines = (await archive.get('feedback/2026-02/feedback-log.jsonl'))?.content.trim().split('\n') ?? [];
      expect(lines.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `line ${i}`));
    });

    it('lists keys by prefix in order, and nothing else', async () => {
      const archive = await make();
      for (const key of ['sops/emergency-rollback.yaml', KEY, 'patterns/cost/idle.json', 'patterns-old/x.json']) await archive.put(key, key);
      expect(await archive.list('patterns/')).toEqual(['patterns/cost/idle.json', KEY]);
      expect(await archive.list('')).toHaveLength(4);
      expect(await archive.list('runbooks/')).toEqual([]);
    });

    it('removes, and removing what is not there is no error', async () => {
      const archive = await make();
      await archive.put(KEY, 'x');
      await archive.remove(KEY);
      await archive.remove(KEY);
      expect(await archive.get(KEY)).toBeNull();
      expect(await archive.list('')).toEqual([]);
    });

    it('refuses keys that could lead anywhere else', async () => {
      const archive = await make();
      const tricks = [
        '',
        '/etc/passwd',
        '../x',
        'a/../../x',
        'a//b',
        'a/./b',
        'a\\..\\b',
        'C:x',
        'a\u0000b',
        'a/b\n',
        '~/x',
        '%2e%2e/x',
        `${'a/'.repeat(400)}x`,
        'ＡＢ/x',
        '.hidden',
      ];
      for (const key of tricks) {
        await expect(archive.put(key, 'x')).rejects.toMatchObject({ code: 'invalid_input' });
        await expect(archive.get(key)).rejects.toMatchObject({ code: 'invalid_input' });
      }
      expect(await archive.list('')).toEqual([]);
    });

    it('keeps any text unchanged', async () => {
      const archive = await make();
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (content) => {
          await archive.put('runbooks/any-runbook.md', content);
          expect((await archive.get('runbooks/any-runbook.md'))?.content).toBe(content);
        }),
        { numRuns: 40 },
      );
    });
  });
}
