import { describe, expect, it } from 'vitest';
import type { Feedback } from '../../../src/domain/feedback.ts';
import type { Observation } from '../../../src/domain/learning.ts';
import { ANA, BO, MINUTE, NOON } from './drafts.ts';
import type { Place } from './place.ts';

const verdict = (over: Partial<Feedback> = {}): Feedback => ({
  subject: 'PLAN-1',
  meaning: 'fix',
  verdict: 'good',
  userId: 'U1',
  atMs: NOON,
  comment: null,
  patternId: 'PAT-001',
  action: 'restart_service',
  ...over,
});
const outcome = (n: number, over: Partial<Observation> = {}): Observation => ({
  key: `outcome:PLAN-${n}`,
  patternId: 'PAT-001',
  action: 'restart_service',
  success: true,
  weight: 1,
  resolutionMs: 60_000,
  atMs: NOON + n,
  ...over,
});

export function peopleContract(make: () => Place): void {
  describe('feedback', () => {
    it('keeps one standing verdict per person and subject, and says what it replaced', async () => {
      const { feedback, audit } = await make().open();
      expect(await feedback.put(verdict(), ANA)).toBeNull();
      expect(await feedback.put(verdict({ verdict: 'bad', atMs: NOON + 1 }), ANA)).toEqual(verdict());
      await feedback.put(verdict({ userId: 'U2', atMs: NOON + 2 }), BO);
      expect(await feedback.ofSubject('PLAN-1')).toEqual([verdict({ verdict: 'bad', atMs: NOON + 1 }), verdict({ userId: 'U2', atMs: NOON + 2 })]);
      expect(await feedback.remove('PLAN-1', 'U1', ANA, NOON + 3)).toMatchObject({ verdict: 'bad' });
      expect(await feedback.remove('PLAN-1', 'U1', ANA, NOON + 4)).toBeNull();
      const rows = await audit.list({ subject: 'PLAN-1', limit: 9 });
      expect(rows.map((row) => row.verb)).toEqual(['feedback.given', 'feedback.given', 'feedback.given', 'feedback.withdrawn']);
    });

    it('counts the verdicts of one person since a moment', async () => {
      const { feedback } = await make().open();
      for (const n of [1, 2, 3]) await feedback.put(verdict({ subject: `PLAN-${n}`, atMs: NOON + n * MINUTE }), ANA);
      await feedback.put(verdict({ userId: 'U2', atMs: NOON + 9 * MINUTE }), BO);
      expect((await feedback.byPerson('U1', NOON + 2 * MINUTE)).map((each) => each.subject)).toEqual(['PLAN-2', 'PLAN-3']);
    });
  });

  describe('learning', () => {
    it('tallies by pattern and action: weights, verified outcomes, mean time of successes', async () => {
      const { learning } = await make().open();
      await learning.put(outcome(1));
      await learning.put(outcome(2, { resolutionMs: 120_000 }));
      await learning.put(outcome(3, { success: false, resolutionMs: null }));
      await learning.put(outcome(4, { key: 'verdict:PLAN-1:U1', success: false, weight: 0.5, resolutionMs: null }));
      await learning.put(outcome(5, { action: 'reboot_instance', resolutionMs: null }));
      expect(await learning.tally('PAT-001', 'restart_service')).toEqual({
        good: 2,
        bad: 1.5,
        outcomes: 3,
        successes: 2,
        meanResolutionMs: 90_000,
        lastMs: NOON + 4,
      });
      expect(await learning.tallyPattern('PAT-001')).toMatchObject({ good: 3, bad: 1.5, outcomes: 4, successes: 3, lastMs: NOON + 5 });
      expect(await learning.tally('PAT-001', 'other')).toEqual({ good: 0, bad: 0, outcomes: 0, successes: 0, meanResolutionMs: null, lastMs: null });
    });

    it('replaces an observation of the same key, and says when it was the very same', async () => {
      const { learning } = await make().open();
      expect(await learning.put(outcome(1))).toBe(true);
      expect(await learning.put(outcome(1))).toBe(false);
      expect(await learning.put(outcome(1, { resolutionMs: null }))).toBe(true);
      expect(await learning.put(outcome(1, { resolutionMs: null }))).toBe(false);
      expect(await learning.put(outcome(1, { success: false }))).toBe(true);
      expect(await learning.tallyPattern('PAT-001')).toMatchObject({ good: 0, bad: 1, outcomes: 1 });
      expect(await learning.remove('outcome:PLAN-1')).toBe(true);
      expect(await learning.remove('outcome:PLAN-1')).toBe(false);
    });
  });

  describe('tokens', () => {
    const token = { id: 'ci', name: 'CI', hash: 'h1', userId: 'U1', scopes: ['patterns:read'], createdAtMs: NOON, lastUsedAtMs: null };

    it('finds a token by the hash of its secret until it is revoked, and never audits the hash', async () => {
      const { tokens, audit } = await make().open();
      await tokens.put(token, ANA);
      await tokens.touch('ci', NOON + 5);
      expect(await tokens.byHash('h1')).toEqual({ ...token, lastUsedAtMs: NOON + 5 });
      expect(await tokens.byHash('h2')).toBeNull();
      expect(await tokens.list()).toHaveLength(1);
      expect(await tokens.revoke('ci', ANA, NOON + 6)).toBe(true);
      expect(await tokens.revoke('ci', ANA, NOON + 6)).toBe(false);
      expect(await tokens.byHash('h1')).toBeNull();
      const rows = await audit.list({ limit: 9 });
      expect(rows.map((row) => row.verb)).toEqual(['token.created', 'token.revoked']);
      expect(JSON.stringify(rows[0]?.detail)).not.toContain('h1');
    });

    it('refuses a second token of the same name or secret', async () => {
      const { tokens } = await make().open();
      await tokens.put(token, ANA);
      await expect(tokens.put({ ...token, id: 'other' }, ANA)).rejects.toMatchObject({ code: 'conflict' });
      await expect(tokens.put({ ...token, hash: 'h2' }, ANA)).rejects.toMatchObject({ code: 'conflict' });
    });
  });

  describe('switches and silences', () => {
    it('holds a scope off until it is switched on again', async () => {
      const { switches, audit } = await make().open();
      const entry = { scope: 'all', by: ANA, reason: 'release night', atMs: NOON };
      await switches.off(entry);
      await switches.off({ ...entry, scope: 'service:checkout', atMs: NOON + 1 });
      expect(await switches.list()).toEqual([entry, { ...entry, scope: 'service:checkout', atMs: NOON + 1 }]);
      expect(await switches.on('all', BO, NOON + 2)).toBe(true);
      expect(await switches.on('all', BO, NOON + 3)).toBe(false);
      expect((await audit.list({ subject: 'all', limit: 9 })).map((row) => row.verb)).toEqual(['switch.off', 'switch.on']);
    });

    it('silences a resource until its time, the last word counting', async () => {
      const { silences, audit } = await make().open();
      const silence = { resourceId: 'ec2/worker-1', untilMs: NOON + MINUTE, by: ANA, reason: 'known', atMs: NOON };
      await silences.put({ ...silence, untilMs: NOON + 9 * MINUTE });
      await silences.put(silence);
      expect(await silences.active(NOON)).toEqual([silence]);
      expect(await silences.active(NOON + MINUTE)).toEqual([]);
      expect(await silences.remove('ec2/worker-1', BO, NOON + 1)).toBe(true);
      expect(await silences.remove('ec2/worker-1', BO, NOON + 1)).toBe(false);
      expect((await audit.list({ limit: 9 })).map((row) => row.verb)).toEqual(['silence.set', 'silence.set', 'silence.removed']);
    });
  });
}
