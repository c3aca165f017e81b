import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, slashCommands } from '../../commands/registry.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Verbs } from '../../src/loop/verbs.ts';
import type { LocalMessage } from '../../src/sandbox/slack/types.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, LIWEI, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => desk.stop());

/** What the person or the channel sees after something was done that was not there before. */
async function next(after: () => Promise<unknown>, seen: () => readonly LocalMessage[], matches: (text: string) => boolean): Promise<string> {
  const before = new Set(seen().map((message) => message.ts));
  await after();
  const found = await desk.slack.waitFor('the answer', () => seen().find((message) => message.fromBot && !before.has(message.ts) && matches(textOf(message))));
  return textOf(found);
}
const everywhere = () => [
  ...desk.slack.messages(OPS),
  ...desk.slack.messages(OPS).flatMap((root) => desk.slack.thread(OPS, root.ts)),
  ...desk.slack.ephemerals(ANA),
];
const lastCall = (verb: keyof Verbs) => desk.verbs.calls.findLast((call) => call.verb === verb)?.args;

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
          () => ana().command('/ops', text),
          everywhere,
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
          () => ana().mention(OPS, text),
          everywhere,
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
            () => ana().command(`/${name}`, text),
            everywhere,
            (seen) => answer.test(seen),
          ),
        answer,
      );
    },
  );
});
describe('answers go to the right eyes', () => {
  test('/ops alone shows what to try, to the asker only', async () => {
    const before = desk.slack.messages(OPS).length;
    expect(
      await next(
        () => desk.slack.as(ANA).command('/ops'),
        () => desk.slack.ephemerals(ANA),
        () => true,
      ),
    ).toMatch(/1\..*2\..*3\./s);
    expect(desk.slack.messages(OPS)).toHaveLength(before);
  });

  test('a result is for everyone, an error for the asker, in their language', async () => {
    await next(
      () => desk.slack.as(ANA).command('/rca', 'INC-1'),
      () => desk.slack.messages(OPS),
      (text) => text.includes('A new version'),
    );
    expect(
      await next(
        () => desk.slack.as(BEN).command('/rca', 'INC-999'),
        () => desk.slack.ephemerals(BEN),
        () => true,
      ),
    ).toContain('There is no incident INC-999');
    expect(
      await next(
        () => desk.slack.as(LIWEI).command('/ops', '检测测'),
        () => desk.slack.messages(OPS),
        () => true,
      ),
    ).toMatch(/INC-/);
    expect(
      await next(
        () => desk.slack.as(LIWEI).command('/ops', 'xyzzy'),
        () => desk.slack.ephemerals(LIWEI),
        () => true,
      ),
    ).toContain('我不认识“xyzzy”');
  });

  test('a slip is answered with what was meant', async () => {
    expect(
      await next(
        () => desk.slack.as(ANA).mention(OPS, 'detct'),
        () => desk.slack.ephemerals(ANA),
        () => true,
      ),
    ).toMatch(/Did you mean \\"detect/);
  });

  test('a missing argument is answered with an example', async () => {
    expect(
      await next(
        () => desk.slack.as(ANA).command('/approve'),
        () => desk.slack.ephemerals(ANA),
        () => true,
      ),
    ).toContain('approve PLAN-34');
  });

  test('/rca help explains rca', async () => {
    const text = await next(
      () => desk.slack.as(ANA).command('/rca', 'help'),
      () => desk.slack.ephemerals(ANA),
      () => true,
    );
    expect(text).toMatch(/rca/);
    expect(text).not.toContain('pause');
  });

  test.each(commands.filter((one) => one.name !== 'help').map((one) => one.name))('help %s has a page of its own', async (name) => {
    const overview = await next(
      () => desk.slack.as(BEN).command('/ops', 'help'),
      () => desk.slack.ephemerals(BEN),
      () => true,
    );
    expect(
      await next(
        () => desk.slack.as(BEN).command('/ops', `help ${name}`),
        () => desk.slack.ephemerals(BEN),
        () => true,
      ),
    ).not.toBe(overview);
  });

  test('an error that is not meant for people is not shown', async () => {
    desk.verbs.failNext('detect', new Error('secret stack at line 3'));
    const text = await next(
      () => desk.slack.as(ANA).command('/detect'),
      () => desk.slack.ephemerals(ANA),
      () => true,
    );
    expect(text).not.toContain('secret');
    expect(JSON.stringify(desk.log.lines)).toContain('secret stack');
  });

  test('a refusal by policy comes with its reason', async () => {
    desk.verbs.failNext('resume', new OpsError('forbidden', 'Only operators may resume.', 'Ask one of them.'));
    expect(
      await next(
        () => desk.slack.as(BEN).command('/ops', 'resume'),
        () => desk.slack.ephemerals(BEN),
        () => true,
      ),
    ).toContain('Only operators may resume');
  });

  test('something slow says that it is being worked on', async () => {
    const release = desk.verbs.holdNext('detect');
    expect(
      await next(
        () => desk.slack.as(BEN).command('/detect'),
        () => desk.slack.ephemerals(BEN),
        () => true,
      ),
    ).toContain('On it');
    release();
  });
});

describe('in the thread of an incident', () => {
  test('rca, approve and feedback need no name', async () => {
    const incident = await anIncident(desk.store, clock.now(), 'in its thread');
    await desk.store.outbox.add({ type: 'incident', incidentId: incident.id }, clock.now());
    const card = await desk.slack.waitFor('the card', () => desk.slack.messages(OPS).find((message) => textOf(message).includes('in its thread')));
    const thread = { threadTs: card.ts };
    const replies = () => desk.slack.thread(OPS, card.ts);
    await next(
      () => desk.slack.as(ANA).mention(OPS, 'rca', thread),
      replies,
      (text) => text.includes('A new version'),
    );
    expect(lastCall('analyse')?.[0]).toBe(incident.id);

    const plan = await aPlan(desk.store, incident.id, clock.now());
    await next(
      () => desk.slack.as(ANA).mention(OPS, '批准', thread),
      replies,
      (text) => text.includes(plan.id),
    );
    expect((await desk.store.plans.get(plan.id))?.state).toBe('approved');
    expect(
      await next(
        () => desk.slack.as(ANA).mention(OPS, 'approve', thread),
        () => desk.slack.ephemerals(ANA),
        () => true,
      ),
    ).toContain('No plan');

    await next(
      () => desk.slack.as(BEN).mention(OPS, 'feedback bad false alarm', thread),
      () => desk.slack.ephemerals(BEN),
      (text) => text.includes(incident.id),
    );
    expect(await desk.store.feedback.ofSubject(incident.id)).toMatchObject([{ userId: BEN, verdict: 'bad', comment: 'false alarm' }]);
  });
});

test('a redelivered event is handled once', async () => {
  const before = desk.verbs.calls.filter((call) => call.verb === 'status').length;
  await next(
    () => desk.slack.as(ANA).mention(OPS, 'status'),
    everywhere,
    () => true,
  );
  expect(desk.slack.faults.redeliverLast()).toBe(true);
  await next(
    () => desk.slack.as(ANA).mention(OPS, 'help'),
    everywhere,
    () => true,
  );
  expect(desk.verbs.calls.filter((call) => call.verb === 'status')).toHaveLength(before + 1);
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
