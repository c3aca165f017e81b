import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feedback } from '../../src/domain/feedback.ts';
import type { Tally } from '../../src/domain/learning.ts';
import { PatternSchema } from '../../src/domain/pattern.ts';
import { mayMovePattern } from '../../src/feedback/bounds.ts';
import { applyLearning, VERDICT_WEIGHT } from '../../src/feedback/posterior.ts';
import { aPattern } from '../contracts/knowledge.ts';

const tally = (over: Partial<Tally> = {}): Tally => ({ good: 0, bad: 0, outcomes: 0, successes: 0, meanResolutionMs: null, lastMs: null, ...over });
const learned = (own: Tally, all: Tally = own, pattern = aPattern('PAT-001'), match = tally()) =>
  applyLearning({ original: pattern, byAction: new Map([['restart_service', own]]), match, all });
const confidence = (own: Tally, all: Tally = own): number => learned(own, all).solutions[0]?.confidence ?? -1;

describe('Learning from outcomes', () => {
  it('changes nothing before anything was observed', () => {
    expect(learned(tally())).toEqual(aPattern('PAT-001'));
  });

  it('moves the confidence by the Beta posterior: eight outcomes weigh as much as the prior', () => {
    expect(confidence(tally({ good: 8, outcomes: 8, successes: 8 }))).toBe(0.9);
    expect(confidence(tally({ bad: 8, outcomes: 8 }))).toBe(0.4);
    expect(confidence(tally({ good: VERDICT_WEIGHT }))).toBeCloseTo((8 * 0.8 + 0.5) / 8.5, 4);
  });

  it('leaves other actions alone, unless the verdict is on the match itself', () => {
    const own = tally({ bad: 4, outcomes: 4 });
    expect(learned(own).solutions[1]?.confidence).toBe(0.7);
    const withMatch = learned(own, tally({ bad: 6, outcomes: 4 }), undefined, tally({ bad: 2 }));
    expect(withMatch.solutions[1]?.confidence).toBeCloseTo((8 * 0.7) / 10, 4);
    expect(withMatch.solutions[0]?.confidence).toBeCloseTo((8 * 0.8) / 14, 4);
  });

  it('takes an outcome of an action it does not list for no verdict on the match', () => {
    const stranger = learned(tally(), tally({ bad: 5, outcomes: 5 }));
    expect(stranger.solutions).toEqual(aPattern('PAT-001').solutions);
  });

  it('updates success rate, mean time, last seen and count from verified outcomes', () => {
    const at = Date.UTC(2026, 5, 1);
    const all = tally({ good: 8, outcomes: 8, successes: 8, meanResolutionMs: 5 * 60_000, lastMs: at });
    expect(learned(all).metadata).toEqual({
      occurrence_count: 50,
      last_seen: '2026-06-01',
      success_rate: Math.round(((42 * 0.85 + 8) / 50) * 10_000) / 10_000,
      avg_resolution_time: '13min',
    });
    const fresh = aPattern('PAT-002', { metadata: { occurrence_count: 0, last_seen: null, success_rate: null, avg_resolution_time: null } });
    const half = tally({ good: 1, bad: 1, outcomes: 2, successes: 1, meanResolutionMs: 90_000, lastMs: at });
    expect(learned(half, half, fresh).metadata).toEqual({ occurrence_count: 2, last_seen: '2026-06-01', success_rate: 0.5, avg_resolution_time: '90s' });
  });

  it('gives the same result however often it is applied to the original, always a valid record', () => {
    const amount = fc.nat({ max: 500 });
    fc.assert(
      fc.property(amount, amount, amount, fc.option(fc.nat({ max: 10 ** 9 }), { nil: null }), (good, bad, outcomes, meanResolutionMs) => {
        const own = tally({ good, bad, outcomes, successes: Math.min(good, outcomes), meanResolutionMs, lastMs: 1_780_000_000_000 });
        const once = learned(own);
        expect(learned(own)).toEqual(once);
        expect(PatternSchema.parse(once)).toEqual(once);
      }),
    );
  });

  it('never lets more good outcomes lower a confidence', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.nat({ max: 50 }), (good, bad) => confidence(tally({ good: good + 1, bad })) >= confidence(tally({ good, bad }))),
    );
  });
});

describe('The bound on what one person can move in a day', () => {
  const verdict = (subject: string, over: Partial<Feedback> = {}): Feedback => ({
    subject,
    meaning: 'fix',
    verdict: 'good',
    userId: 'U1',
    atMs: 0,
    comment: null,
    patternId: 'PAT-001',
    action: 'restart_service',
    ...over,
  });
  const several = (count: number, over: Partial<Feedback> = {}): Feedback[] => Array.from({ length: count }, (_, i) => verdict(`PLAN-${i}`, over));

  it('lets the first verdicts through and stops the fourth on one pattern', () => {
    expect(mayMovePattern(verdict('PLAN-9'), several(2))).toBeNull();
    expect(mayMovePattern(verdict('PLAN-9'), several(3))).toBe('too_many_on_this_pattern_today');
  });

  it('stops a flood over many patterns', () => {
    const flood = Array.from({ length: 20 }, (_, i) => verdict(`PLAN-${i}`, { patternId: `PAT-${100 + i}` }));
    expect(mayMovePattern(verdict('PLAN-99', { patternId: 'PAT-900' }), flood)).toBe('too_many_verdicts_today');
  });

  it('counts neither a changed verdict on the same subject, nor alerts, nor other people', () => {
    expect(mayMovePattern(verdict('PLAN-0', { verdict: 'bad' }), several(3))).toBeNull();
    expect(mayMovePattern(verdict('PLAN-9'), several(10, { meaning: 'alert', patternId: null }))).toBeNull();
    expect(mayMovePattern(verdict('PLAN-9'), several(10, { userId: 'U2' }))).toBeNull();
  });
});
