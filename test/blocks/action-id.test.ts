import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_VERBS, DIGEST_PREFIX_LENGTH, decodeAction, encodeAction } from '../../blocks/action-id.ts';
import { LIMITS } from '../../blocks/limits/numbers.ts';
import { hostileText } from './hostile.ts';

const verbs = fc.constantFrom(...ACTION_VERBS);
const digests = fc.oneof(fc.constant(null), fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }));

describe('the action of a button', () => {
  it('comes back as it went out, with a prefix of the digest', () => {
    const subjects = fc.oneof(fc.constantFrom('INC-12', 'PLAN-34', 'PAT-D001'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }));
    fc.assert(
      fc.property(verbs, subjects, digests, (verb, subject, digest) => {
        const { action_id, value } = encodeAction({ verb, subject, digest });
        expect(decodeAction(action_id, value)).toEqual({ verb, subject, digest: digest?.slice(0, DIGEST_PREFIX_LENGTH) ?? null });
      }),
    );
  });

  it('fits the limits of Slack whatever the subject', () => {
    fc.assert(
      fc.property(verbs, hostileText, digests, (verb, subject, digest) => {
        const { action_id, value } = encodeAction({ verb, subject, digest });
        expect(action_id.length).toBeLessThanOrEqual(LIMITS.id);
        expect(value.length).toBeLessThanOrEqual(LIMITS.buttonValue);
      }),
    );
  });

  it('has another id for another plan, so that two can stand in one message', () => {
    expect(encodeAction({ verb: 'approve', subject: 'PLAN-1' }).action_id).not.toBe(encodeAction({ verb: 'approve', subject: 'PLAN-2' }).action_id);
  });

  it.each([
    ['another app', 'other:approve:PLAN-1', '["PLAN-1"]'],
    ['an unknown verb', 'ops:destroy:PLAN-1', '["PLAN-1"]'],
    ['no value', 'ops:approve:PLAN-1', undefined],
    ['a value that is no JSON', 'ops:approve:PLAN-1', 'PLAN-1'],
    ['an empty subject', 'ops:approve:', '[""]'],
    ['a subject that is no text', 'ops:approve:PLAN-1', '[{"id":1}]'],
    ['too many parts', 'ops:approve:PLAN-1', '["PLAN-1","a","b"]'],
    ['a whole digest', 'ops:approve:PLAN-1', `["PLAN-1","${'a'.repeat(64)}"]`],
  ])('is refused from %s', (_what, actionId, value) => {
    expect(decodeAction(actionId, value)).toBeNull();
  });

  it('never throws on a forged click', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (actionId, value) => void decodeAction(actionId, value)));
  });
});
