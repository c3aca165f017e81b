import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Risk } from '../../src/domain/risk.ts';
import { plainLine } from '../../src/pattern/clean.ts';
import { lintPatterns, patternProblems } from '../../src/pattern/lint.ts';
import { aPattern } from '../contracts/knowledge.ts';

const ACTIONS = new Map<string, Risk>([
  ['restart_service', 'low'],
  ['scale_up', 'medium'],
]);
const file = (value: unknown, name = 'a.json'): { name: string; content: string } => ({ name, content: JSON.stringify(value, null, 2) });
const problemsOf = (value: unknown): string[] =>
  lintPatterns([file(value)], ACTIONS).problems.map(({ line, field, message }) => `${line} ${field}: ${message}`);

describe('Checking pattern files', () => {
  it('takes files that are in order', () => {
    const { patterns, problems } = lintPatterns([file(aPattern('PAT-001')), file(aPattern('PAT-002', { title: 'Another' }), 'b.json')], ACTIONS);
    expect(problems).toEqual([]);
    expect(patterns.map(({ pattern_id }) => pattern_id)).toEqual(['PAT-001', 'PAT-002']);
  });

  it('is all or nothing: one wrong file, and none is taken', () => {
    const { patterns, problems } = lintPatterns([file(aPattern('PAT-001')), { name: 'b.json', content: '{' }], ACTIONS);
    expect(patterns).toEqual([]);
    expect(problems).toMatchObject([{ file: 'b.json', line: 1, field: '' }]);
  });

  it('names line and field of an unknown action and of a risk that is not the catalogue’s', () => {
    const pattern = aPattern('PAT-001', {
      solutions: [
        { action: 'restart_service', confidence: 0.5, risk: 'critical' },
        { action: 'format_disk', confidence: 0.9, risk: 'low' },
      ],
    });
    const lines = JSON.stringify(pattern, null, 2).split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
    expect(problemsOf(pattern)).toEqual([
      `${at('"critical"')} solutions[0].risk: The risk of restart_service is low, not critical.`,
      `${at('format_disk')} solutions[1].action: There is no action "format_disk". Known are: restart_service, scale_up.`,
    ]);
  });

  it('finds an id that is used twice, also within one .jsonl file, and says where the first is', () => {
    const jsonl = { name: 'all.jsonl', content: [1, 2].map(() => JSON.stringify(aPattern('PAT-007'))).join('\n') };
    expect(lintPatterns([jsonl], ACTIONS).problems).toEqual([{ file: 'all.jsonl', line: 2, field: 'pattern_id', message: 'PAT-007 is also in all.jsonl:1.' }]);
  });

  it('names line and field of a title that another pattern has, in the files or in the knowledge base, and of a vector of another length', () => {
    const there = [aPattern('PAT-001', { embedding: [1, 2, 3] })];
    const lint = (...values: unknown[]): string[] =>
      lintPatterns(
        values.map((value, i) => file(value, `${i}.json`)),
        ACTIONS,
        there,
      ).problems.map(({ file: name, line, field, message }) => `${name}:${line} ${field}: ${message}`);
    expect(lint(aPattern('PAT-002'))).toEqual(['0.json:4 title: PAT-001 in the knowledge base has the same title. Give one of them another, or leave it out.']);
    expect(lint(aPattern('PAT-002', { title: 'New' }), aPattern('PAT-003', { title: 'New' }))[0]).toMatch(/^1\.json:4 title: PAT-002 in 0\.json:1 has/);
    expect(lint(aPattern('PAT-001', { title: 'Renamed' }), aPattern('PAT-002'))).toEqual([]);
    expect(lint(aPattern('PAT-001', { embedding: [1, 2] }))[0]).toMatch(/^0\.json:\d+ embedding: It has 2 numbers; the knowledge base uses 3\./);
  });

  it('refuses mentions, hidden characters, unknown fields and oversized texts', () => {
    for (const title of ['Down <!channel>', 'See <@U123>', 'ping @here', 'a <https://x.example|link>', 'abc\u202edef', 'a\u0000bc']) {
      expect(problemsOf({ ...aPattern('PAT-001'), title }).length).toBeGreaterThan(0);
    }
    expect(problemsOf({ ...aPattern('PAT-001'), surprise: 1 })).toHaveLength(1);
    expect(problemsOf({ ...aPattern('PAT-001'), title: 'x'.repeat(201) })[0]).toContain('title');
    expect(problemsOf({ ...aPattern('PAT-001'), symptoms: [] })[0]).toContain('symptoms');
    expect(problemsOf({ ...aPattern('PAT-001'), description: 'x'.repeat(300_000) })[0]).toContain('characters');
  });

  it('checks one pattern for saving', () => {
    expect(patternProblems(aPattern('PAT-001'), ACTIONS)).toEqual([]);
    expect(patternProblems(aPattern('PAT-001', { title: 'x' }), ACTIONS)[0]).toContain('title');
    expect(patternProblems(aPattern('PAT-001', { title: 'All <!here>' }), ACTIONS)[0]).toContain('Mentions');
    expect(patternProblems(aPattern('PAT-001', { solutions: [{ action: 'rm_rf', confidence: 1, risk: 'low' }] }), ACTIONS)[0]).toContain('rm_rf');
  });

  it('never throws, whatever a file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom('a.json', 'a.jsonl'), (content, name) => {
        const { patterns, problems } = lintPatterns([{ name, content }], ACTIONS);
        return problems.length > 0 || patterns.length > 0 || content.trim() === '';
      }),
    );
  });
});

describe('Plain lines', () => {
  it('pass the check whatever went in', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 150 }),
        fc.constantFrom('<!channel>', '<@U1>', '@everyone', '<https://x|y>', '\u202e'),
        (text, bad) => {
          const symptom = plainLine(`${text}${bad}${text} end`, 300);
          return symptom.length <= 300 && patternProblems(aPattern('PAT-001', { symptoms: [symptom] }), ACTIONS).length === 0;
        },
      ),
    );
  });
});
