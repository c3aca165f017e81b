import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInLexicon } from '../../src/embedded/embedding.ts';
import { loadLexicon } from '../../src/embedded/lexicon-file.ts';
import { stem, tokenise } from '../../src/embedded/text.ts';

const lexicon = builtInLexicon();
const concepts = (text: string): string[] =>
  [...lexicon.read(text).concepts].filter(([, strength]) => strength === 1).map(([index]) => lexicon.concepts[index]?.id ?? '');

describe('The operations lexicon', () => {
  it('knows at least 500 phrases of each language', () => {
    expect(lexicon.concepts.length).toBeGreaterThan(400);
    expect(lexicon.concepts.filter(({ zh, en }) => zh !== en).length).toBeGreaterThan(300);
  });

  it('reads the same out of both languages', () => {
    const pairs = [
      ['证书已过期', 'certificate has expired'],
      ['磁盘写满', 'no space left on device'],
      ['连接数打满', 'too many connections'],
      ['消息积压', 'backlog'],
      ['暴力破解', 'brute force'],
      ['缓存雪崩', 'cache stampede'],
    ];
    for (const [chinese = '', english = ''] of pairs) expect(concepts(chinese).some((id) => concepts(english).includes(id))).toBe(true);
  });

  it('takes the longest phrase: "connection is not private" is about a certificate, not about connections', () => {
    expect(concepts('your connection is not private')).toContain('cert_expired');
    expect(concepts('your connection is not private')).not.toContain('connections');
  });

  it('adds what a concept implies, weaker, and what several make together', () => {
    const read = lexicon.read('Aurora CPU very high').concepts;
    const strength = (id: string): number => read.get(lexicon.concepts.find((concept) => concept.id === id)?.index ?? -1) ?? 0;
    expect(strength('aurora')).toBe(1);
    expect(strength('rds')).toBeGreaterThan(0);
    expect(strength('rds')).toBeLessThan(1);
    expect(strength('database_cpu')).toBe(1);
  });

  it('hears what is denied, and levels given as numbers', () => {
    expect(concepts('no errors shown')).not.toContain('error');
    expect(concepts('5xx 为 0')).not.toContain('error_5xx');
    expect(concepts('CPU at 97%')).toContain('high');
    expect(concepts('CPU 才 8%')).toContain('low');
  });

  it('makes little of names of single things', () => {
    const read = lexicon.read('web-prod-7 is slow').concepts;
    const web = read.get(lexicon.concepts.find(({ id }) => id === 'web')?.index ?? -1) ?? 0;
    expect(web).toBeGreaterThan(0);
    expect(web).toBeLessThan(0.5);
  });

  it('splits camel case, keeps codes whole, and gives Chinese one token a character', () => {
    expect(tokenise('StatusCheckFailed_System i-0f83aa99 CVE-2024-1234 很高')).toEqual(['status', 'check', 'fail', 'system', 'i-*', 'cve-*', '很', '高']);
    expect(tokenise('m5.2xlarge')).toEqual(['type-*']);
  });

  it('stems alike what is inflected: "throttled", "throttles" and "throttling" meet', () => {
    expect(new Set(['throttled', 'throttles', 'throttling', 'throttle'].map(stem)).size).toBe(1);
    expect(new Set(['running', 'run'].map(stem)).size).toBe(1);
  });

  it('reads any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (text) => {
        for (const strength of lexicon.read(text).concepts.values()) if (!(strength > 0 && strength <= 1)) return false;
        return true;
      }),
    );
  });
});

describe('A lexicon file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'opsloop-lexicon-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const load = (text: string): (() => unknown) => {
    writeFileSync(join(folder, 'a.tsv'), text);
    return () => loadLexicon(folder);
  };

  it('may add phrases to a concept of another line', () => {
    writeFileSync(join(folder, 'a.tsv'), '# comment\ncpu\tmetric\t\tCPU\t处理器\ncpu\t+\t\tbrain\t\n');
    expect([...loadLexicon(folder).read('the brain').concepts.keys()]).toEqual([0]);
  });

  it('is refused with file and line when it is wrong', () => {
    expect(load('cpu\tmetric\n')).toThrow(/a\.tsv:1: 2 columns/);
    expect(load('cpu\tmetrik\t\tCPU\t\n')).toThrow(/a\.tsv:1: unknown kind "metrik"/);
    expect(load('cpu\tmetric\tnowhere\tCPU\t\n')).toThrow(/there is no concept "nowhere"/);
    expect(load('cpu\tmetric\t\tCPU\t\ncpu\tmetric\t\tcores\t\n')).toThrow(/a\.tsv:2: the concept "cpu" is there twice/);
  });
});
