import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDuration, readFeedback, silenceMs, subjectAtStart } from '../../commands/arguments.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('durations', () => {
  test.each([
    ['rds/checkout-db 2h maintenance', 2 * HOUR, 'rds/checkout-db', 'maintenance'],
    ['ecs/checkout 30 minutes', 30 * MINUTE, 'ecs/checkout', ''],
    ['ec2/worker-1 1h30m we know', 90 * MINUTE, 'ec2/worker-1', 'we know'],
    ['rds/checkout-db 2小时 维护', 2 * HOUR, 'rds/checkout-db', '维护'],
    ['sqs/orders 1d', 24 * HOUR, 'sqs/orders', ''],
    ['ec2/worker-1 1.5h', 90 * MINUTE, 'ec2/worker-1', ''],
    ['sqs/orders 半天 1天', 24 * HOUR, 'sqs/orders 半天', ''],
  ])('%s', (text, ms, before, after) => {
    expect(findDuration(text)).toEqual({ ms, before, after });
  });

  test.each(['rds/checkout-db', 'ec2/worker-1', 'ec2/worker-2h', 'forever', ''])('%j names none', (text) => {
    expect(findDuration(text)).toBeNull();
  });

  test('a silence is a minute to a week', () => {
    expect(silenceMs(MINUTE, 'en')).toBe(MINUTE);
    for (const ms of [0, 59_999, 8 * 24 * HOUR, Number.POSITIVE_INFINITY]) expect(() => silenceMs(ms, 'en')).toThrow('one minute to seven days');
  });
});

describe('feedback', () => {
  test.each([
    ['INC-12 good', 'INC-12', 'good', null],
    ['good #12', 'INC-12', 'good', null],
    ['inc 12 BAD it was a deploy', 'INC-12', 'bad', 'it was a deploy'],
    ['PLAN-34 👎🏽 it took the site down', 'PLAN-34', 'bad', 'it took the site down'],
    ['12好', 'INC-12', 'good', null],
    ['12 误报', 'INC-12', 'bad', null],
    ['pat 1 :+1::skin-tone-3:', 'PAT-001', 'good', null],
  ])('%s', (text, subject, verdict, comment) => {
    expect(readFeedback(text, null, 'en')).toEqual({ subject, verdict, comment });
  });

  test('in a thread it is about what the thread is about', () => {
    expect(readFeedback('bad false alarm', 'INC-7', 'en')).toEqual({ subject: 'INC-7', verdict: 'bad', comment: 'false alarm' });
  });

  test.each(['', 'INC-12', 'good', 'INC-12 maybe'])('%j is refused with an example', (text) => {
    expect(() => readFeedback(text, null, 'en')).toThrow('good or bad');
  });

  test('whatever is typed, it is a verdict or a refusal in words', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('INC-1', 'good', 'bad', '12', 'plan', '3', '好', 'x', '👍'), { maxLength: 6 }), (parts) => {
        try {
          expect(['good', 'bad']).toContain(readFeedback(parts.join(' '), null, 'zh').verdict);
        } catch (error) {
          expect((error as Error).message).toContain('好或不好');
        }
      }),
    );
  });
});

test('names are read off the start of words', () => {
  expect(subjectAtStart(['inc', '12', 'x'])).toEqual({ subject: 'INC-12', used: 2 });
  expect(subjectAtStart(['PLAN-3', '4'])).toEqual({ subject: 'PLAN-3', used: 1 });
  expect(subjectAtStart(['#7'])).toEqual({ subject: 'INC-7', used: 1 });
  expect(subjectAtStart(['checkout'])).toBeNull();
});
