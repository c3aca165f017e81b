import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, slashCommands } from '../../commands/registry.ts';
import type { Verbs } from '../../src/loop/verbs.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, everywhere, next, OPS, openDesk } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => desk.stop());

const seen = () => everywhere(desk);

/** Each command: what is typed after its word, the verb that must be called, and words of the answer. */
const SPOKEN: readonly { typed: () => Promise<string>; verb: keyof Verbs; answer: RegExp }[] = [
  { typed: async () => 'detect', verb: 'detect', answer: /INC-|calm|nothing/i },
  { typed: async () => 'rca INC-1', verb: 'analyse', answer: /A new version came out/ },
  { typed: async () => 'pattern search CPU high', verb: 'searchPatterns', answer: /EC2 High CPU Usage/ },
  { typed: async () => 'fix INC-1', verb: 'proposeFix', answer: /PLAN-\d+/ },
  { typed: async () => `approve ${(await aPlan(desk.store, 'INC-1', clock.now())).id}`, verb: 'approve', answer: /PLAN-\d+/ },
  { typed: async () => `reject ${(await aPlan(desk.store, 'INC-1', clock.now())).id} too risky`, verb: 'reject', answer: /too risky/ },
  { typed: async () => 'feedback INC-1 good', verb: 'giveFeedback', answer: /INC-1/ },
  { typed: async () => 'status', verb: 'status', answer: /INC-1|open/i },
  { typed: async () => 'ack INC-1', verb: 'acknowledge', answer: /INC-1/ },
  { typed: async () => 'silence rds/checkout-db 2h maintenance', verb: 'silence', answer: /rds\/checkout-db/ },
  {
    typed: async () => {
      const { id } = await aPlan(desk.store, 'INC-1', clock.now());
      await desk.verbs.approve(id, { type: 'user', userId: ANA }, { via: 'button', digest: null });
      return `withdraw ${id}`;
    },
    verb: 'withdrawApproval',
    answer: /PLAN-\d+/,
  },
  { typed: async () => 'policy', verb: 'policy', answer: /approve/i },
  { typed: async () => 'promote PAT-001 restart_service', verb: 'promote', answer: /PAT-001/ },
  { typed: async () => 'token list', verb: 'tokens', answer: /API tokens/ },
  { typed: async () => 'silences', verb: 'silences', answer: /rds\/checkout-db/ },
  { typed: async () => 'unsilence rds/checkout-db', verb: 'lift', answer: /rds\/checkout-db/ },
  { typed: async () => 'maintenance checkout 2h in 30m new database', verb: 'maintenance', answer: /checkout.*new database/ },
  { typed: async () => 'topology INC-1', verb: 'topology', answer: /ecs\/checkout/ },
  { typed: async () => 'week', verb: 'week', answer: /seven days/ },
  { typed: async () => 'pause restart_service too many', verb: 'pause', answer: /restart/i },
  { typed: async () => 'resume restart_service', verb: 'resume', answer: /restart/i },
  { typed: async () => 'audit INC-1', verb: 'audit', answer: /INC-1/ },
];

const VERB_OF: Record<(typeof slashCommands)[number], keyof Verbs> = {
  detect: 'detect',
  rca: 'analyse',
  pattern: 'searchPatterns',
  fix: 'proposeFix',
  approve: 'approve',
  feedback: 'giveFeedback',
};

describe('every command, every way in', () => {
  beforeAll(async () => {
    await anIncident(desk.store, clock.now());
  });

  test('the table covers every command but help', () => {
    expect(SPOKEN).toHaveLength(commands.length - 1);
  });

  const calledOnce = async (verb: keyof Verbs, act: () => Promise<string>, answer: RegExp): Promise<void> => {
    const before = desk.verbs.calls.filter((call) => call.verb === verb).length;
    expect(await act()).toMatch(answer);
    expect(desk.verbs.calls.filter((call) => call.verb === verb)).toHaveLength(before + 1);
  };
  const ana = () => desk.slack.as(ANA);

  test.each(SPOKEN)('/ops → $verb', async ({ typed, verb, answer }) => {
    const text = await typed();
    await calledOnce(
      verb,
      () =>
        next(
          desk,
          () => ana().command('/ops', text),
          seen,
          (seen) => answer.test(seen),
        ),
      answer,
    );
  });

  test.each(SPOKEN)('a mention → $verb', async ({ typed, verb, answer }) => {
    const text = await typed();
    await calledOnce(
      verb,
      () =>
        next(
          desk,
          () => ana().mention(OPS, text),
          seen,
          (seen) => answer.test(seen),
        ),
      answer,
    );
  });

  test.each(SPOKEN)('a DM → $verb', async ({ typed, verb, answer }) => {
    const text = await typed();
    await calledOnce(
      verb,
      () =>
        next(
          desk,
          () => ana().dm(text),
          () => desk.slack.dm(ANA),
          (seen) => answer.test(seen),
        ),
      answer,
    );
  });

  test.each(slashCommands.map((name) => ({ name, ...(SPOKEN.find((one) => one.verb === VERB_OF[name]) ?? SPOKEN[0]) })))(
    '/$name → $verb',
    async ({ name, typed, verb, answer }) => {
      if (typed === undefined || verb === undefined || answer === undefined) throw new Error(`no example of ${name}`);
      const text = (await typed()).replace(/^\w+ ?/, '');
      await calledOnce(
        verb,
        () =>
          next(
            desk,
            () => ana().command(`/${name}`, text),
            seen,
            (seen) => answer.test(seen),
          ),
        answer,
      );
    },
  );
});

test('200 commands at once are acknowledged within Slack’s time, and each is answered', async () => {
  const before = desk.slack.ephemerals(BEN).length;
  const started = performance.now();
  const times = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const reply = await desk.slack.as(BEN).command('/ops', 'help');
      expect(reply).toMatchObject({ ok: true });
      return performance.now() - started;
    }),
  );
  expect(Math.max(...times)).toBeLessThan(1500); // Slack gives 3 s; one durable write each before the answer would take longer than this
  await desk.slack.waitFor('all answers', () => desk.slack.ephemerals(BEN).length >= before + 200, 20_000);
});
