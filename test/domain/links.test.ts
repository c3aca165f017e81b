import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkPath, subjectOfLink } from '../../src/domain/links.ts';
import type { Subject } from '../../src/domain/names.ts';

const BASE = 'https://ops.example.com/bot/';
const digits = fc.integer({ min: 1, max: 999_999_999 });
const subjects: fc.Arbitrary<Subject> = fc.oneof(
  digits.map((n) => ({ kind: 'incident' as const, id: `INC-${n}` })),
  digits.map((n) => ({ kind: 'plan' as const, id: `PLAN-${n}` })),
  digits.map((n) => ({ kind: 'pattern' as const, id: `PAT-${String(n).padStart(3, '0')}` })),
);

describe('links', () => {
  test('lead back to what they were made for, whatever hangs on them', () => {
    fc.assert(
      fc.property(subjects, fc.constantFrom('', '?x=1', '#top', '?title=INC-9'), (subject, tail) => {
        expect(subjectOfLink(`https://ops.example.com/bot${linkPath(subject)}${tail}`, BASE)).toEqual(subject);
      }),
    );
  });

  test.each([
    'https://ops.example.com/i/INC-1', // not under the folder
    'http://ops.example.com/bot/i/INC-1', // another scheme
    'https://ops.example.com:8443/bot/i/INC-1',
    'https://evil.example.com/bot/i/INC-1',
    'https://ops.example.com@evil.example.com/bot/i/INC-1',
    'https://ana:pw@ops.example.com/bot/i/INC-1',
    'https://ops.example.com/bot/p/INC-1', // the wrong folder
    'https://ops.example.com/bot/i/INC-1/more',
    'https://ops.example.com/bot/i/../../secret',
    'https://ops.example.com/bot/i/',
    'https://ops.example.com/botany/i/INC-1',
    'javascript:alert(1)',
    'INC-1',
    `https://ops.example.com/bot/i/INC-1?${'x'.repeat(3000)}`,
  ])('%s is none of ours', (link) => {
    expect(subjectOfLink(link, BASE)).toBeNull();
  });

  test('any text is read without an error', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (link) => void subjectOfLink(link, BASE)));
  });
});
