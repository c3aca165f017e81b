import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Analysis, Evidence } from '../../src/domain/rca.ts';
import { checkedNarrative } from '../../src/rca/narrative.ts';

const ACTIONS = CATALOGUE.map((action) => action.name);
const evidence = (text: string, supports = true): Evidence => ({
  ...{ dimension: 'resource', supports, weight: 0.5, statement: explain('t', text) },
  source: { type: 'topology', path: ['ecs/checkout'] },
});
const ANALYSIS: Analysis = {
  atMs: 0,
  hypotheses: [
    {
      resourceId: 'ecs/checkout',
      cause: explain('c', 'Memory of ecs/checkout grows and is not given back.'),
      kind: 'leak',
      confidence: 0.86,
      evidence: [
        evidence('MemoryUtilization of ecs/checkout rose from 41.5 to 97.'),
        evidence('alb/shop depends on ecs/checkout.'),
        evidence('No deploy in 24 h.', false),
      ],
    },
  ],
  gaps: [],
  solutions: [],
  summary: explain('s', 'x'),
};
const check = (text: string): string | null => checkedNarrative(text, ANALYSIS, ACTIONS);

describe('the words of a model', () => {
  it('stay when every sentence rests on evidence', () => {
    const text = 'Memory of ecs/checkout is not given back: it rose from 41.5 to 97 [E1]. alb/shop suffers because it depends on it [E2][E3].';
    expect(check(text)).toBe(text);
    expect(check('It is 86% sure. [E1] Nothing was deployed, which speaks against a bad release [E3].')).toBe(
      'It is 86% sure [E1]. Nothing was deployed, which speaks against a bad release [E3].',
    );
    expect(check('内存从 41.5 升到 97 [E1]。')).toBe('内存从 41.5 升到 97 [E1]。');
  });

  it.each([
    ['cites nothing', 'Memory is full.'],
    ['cites evidence that is not there', 'Memory is full [E9].'],
    ['cites one that is there and one that is not', 'Memory is full [E1][E4].'],
    ['has a number of its own', 'Memory rose to 99 [E1].'],
    ['has a resource of its own', 'The trouble is in rds/orders [E1].'],
    ['names an action', 'A restart_service helps against this [E1].'],
    ['names an action in words', 'Here scale out is what helps [E1].'],
    ['gives an order', 'Restart it now [E1].'],
    ['approves', 'I approve the plan [E1].'],
    ['gives an order in Chinese', '请重启它 [E1]。'],
    ['has other brackets', 'Memory is full [source: me] [E1].'],
  ])('lose a sentence that %s', (_, bad) => {
    expect(check(bad)).toBeNull();
    expect(check(`Memory is full [E1]. ${bad} It is still full [E1].`)).toBe('Memory is full [E1]. It is still full [E1].');
  });

  it('lose links, mentions and markup', () => {
    const text =
      '**Memory** is full <!channel> <@U012AB3CD> @here #ops https://evil.example/?q=1 [see](http://evil.example/x) <https://evil.example|this> [E1].';
    const left = check(text) ?? '';
    expect(left).toMatch(/^Memory is full .*\[E1\]\.$/);
    expect(left).not.toMatch(/evil|<|>|@|#|http|\*\*/);
  });

  it('never hold more than was checked, whatever they are', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'Memory is full',
        ' [E1]',
        ' [E2]',
        ' [E77]',
        '.',
        '! ',
        '<!here>',
        'https://x.example',
        'restart_service',
        'ec2/evil',
        '42',
        '\n',
        '\u202e',
        '[',
        '](',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const left = check(pieces.join(''));
        if (left === null) return;
        expect(left.length).toBeLessThanOrEqual(1500);
        for (const [, label] of left.matchAll(/\[(E\d+)\]/g)) expect(['E1', 'E2', 'E3']).toContain(label);
        expect(left).not.toMatch(/https?:|<|>|restart_service|ec2\/evil|\b42\b|[\p{Cc}\p{Cf}]/u);
        expect(check(left)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
