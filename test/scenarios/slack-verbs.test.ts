import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../../commands/parse.ts';
import { commands } from '../../commands/registry.ts';
import { manifestFor } from '../../src/cli/manifest.ts';
import { readManifest } from '../../src/sandbox/slack/manifest.ts';
import { ANA, BEN, LIWEI, OPS_CHANNEL, textOf, World } from '../support/world.ts';

const HOUR_MS = 3_600_000;

describe('one bad deploy, seen from Slack, with the real verbs', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start('bad-deploy', { quiet: { digest: 'wednesday', digest_hour_utc: 12 } });
    await world.untilPlan(['awaiting_approval']);
  });
  afterAll(() => world.stop());

  it('greets the people who run it, once', async () => {
    const greetings = world.sandbox.slack.dm(ANA).filter((message) => /Three things to try/.test(textOf(message)));
    expect(greetings).toHaveLength(1);
    await world.sandbox.slack.as(ANA).openHome();
    await world.calm();
    expect(world.sandbox.slack.dm(ANA).filter((message) => /Three things to try/.test(textOf(message)))).toHaveLength(1);
    expect(world.sandbox.slack.dm(BEN)).toEqual([]);
  });

  it('forgives slips, full-width signs and Chinese words', async () => {
    expect(await world.type(BEN, '/ops', 'statsu')).toMatch(/Did you mean "status"/);
    expect(await world.type(BEN, '/ops', '‘ＳＴＡＴＵＳ’')).toContain('INC-1');
    expect(await world.type(BEN, '/rca', '＃１')).toContain('payments');
    expect(await world.type(BEN, '/ops', '根因：１')).toContain('payments');
    expect(await world.type(LIWEI, '/ops', '状太')).toMatch(/你是不是想用“status”/);
    expect(await world.type(LIWEI, '/ops', '静默 ecs/web ２小时 「压测」')).toContain('ecs/web');
    expect(await world.sandbox.app.store.silences.active(world.clock.now())).toMatchObject([{ resourceId: 'ecs/web', reason: '压测' }]);
    expect(await world.type(BEN, '/ops', 'unsilence ecs/web')).toContain('makes noise again');
  });

  it('draws the map of an incident, of a service and of everything', async () => {
    expect(await world.type(ANA, '/ops', 'topology INC-1')).toMatch(/Likely cause.*ecs\/payments/s);
    expect(await world.type(ANA, '/ops', '拓扑 rds/checkout-db')).toContain('rds/checkout-db');
    expect(await world.type(ANA, '/ops', 'map')).toMatch(/resources/);
    expect(await world.type(ANA, '/ops', 'topology the moon')).toMatch(/no resource or service/i);
    expect(world.sandbox.slack.files().filter((file) => file.name === 'topology.png').length).toBeGreaterThanOrEqual(3);
  });

  it('analyses a message that somebody points at, for their eyes', async () => {
    const { slack } = world.sandbox;
    const message = await slack.as(BEN).say(OPS_CHANNEL, 'customers say ecs/payments answers 500');
    const public_ = slack.messages(OPS_CHANNEL).length;
    await slack.as(BEN).shortcut('ops_analyse_message', { channel: OPS_CHANNEL, ts: message.ts });
    await slack.waitFor('the analysis', () => slack.ephemerals(BEN).find((one) => /Likely cause/.test(textOf(one)) && /payments/.test(textOf(one))));
    expect(slack.messages(OPS_CHANNEL)).toHaveLength(public_);
    await slack.as(LIWEI).shortcut('ops_analyse_message', await world.card('INC-1'));
    await slack.waitFor('the same in Chinese', () => slack.ephemerals(LIWEI).find((one) => /可能原因/.test(textOf(one))));
  });

  it('silences what a card is about, from the message itself', async () => {
    const { slack } = world.sandbox;
    await slack.as(BEN).shortcut('ops_silence_this', await world.card('INC-1'));
    const window = await slack.waitFor('the window', () => slack.openModal(BEN));
    expect(JSON.stringify(window.blocks)).toMatch(/"initial_value":"(?:ecs|alb)\//);
    expect(await slack.as(BEN).submit({ ops_reason: 'known, release is being mended' })).toMatchObject({ ok: true });
    const silences = async () => await world.sandbox.app.store.silences.active(world.clock.now());
    for (let looks = 0; (await silences()).length === 0 && looks < 100; looks += 1) await sleep(20);
    expect(await silences()).toMatchObject([{ by: { type: 'user', userId: BEN }, reason: 'known, release is being mended' }]);
    await world.calm();
    await world.type(BEN, '/ops', 'unsilence ecs/payments');
  });

  it('plans maintenance, shows it, and ends it early', async () => {
    expect(await world.type(ANA, '/ops', 'maintenance payments 2h in 30m new database')).toMatch(/payments.*new database/s);
    expect(await world.type(ANA, '/ops', 'silences')).toMatch(/payments/);
    expect(await world.type(LIWEI, '/ops', '维护 checkout ２小时 ３０分钟后 换库')).toContain('checkout');
    expect(await world.type(ANA, '/ops', 'maintenance nowhere 2h')).toMatch(/no service "nowhere"/i);
    expect(await world.type(ANA, '/ops', 'maintenance payments 20 days')).toMatch(/one minute to seven days/);
    expect(await world.type(ANA, '/ops', 'unsilence payments')).toContain('payments');
    expect((await world.sandbox.app.verbs.silences()).maintenance.map((one) => one.service)).toEqual(['checkout']);
  });

  it('tells of the week when asked, and on its day by itself, with a picture', async () => {
    expect(await world.type(ANA, '/ops', 'week')).toMatch(/The last seven days.*1 incident/s);
    const digests = () => world.sandbox.slack.messages(OPS_CHANNEL).filter((message) => JSON.stringify(message.metadata).includes('"digest"'));
    expect(digests()).toEqual([]);
    world.clock.advance(2 * HOUR_MS); // it is Wednesday, shortly after 12:00
    await world.tick();
    expect(digests().map(textOf).join()).toContain('The last seven days');
    expect(JSON.stringify(digests()[0]?.blocks)).toContain('slack_file');
    await world.tick();
    expect(digests()).toHaveLength(1);
  });

  it('takes other parameters in a window: refused in words when they do not fit, else a new plan with a digest of its own', async () => {
    const { slack, app } = world.sandbox;
    const waiting = (await world.plans()).find((plan) => plan.state === 'awaiting_approval');
    if (waiting !== undefined) await app.verbs.reject(waiting.id, { type: 'user', userId: ANA }, 'more of it first');
    const request = { issue: 'INC-1', action: 'scale_out', targetId: 'ecs/payments', params: { count: 2 } };
    const { plan: first } = await app.verbs.proposeFix(request, { type: 'user', userId: ANA });
    await world.settle();
    const submit = async (who: string, value: string): Promise<void> => {
      await slack.as(who).click(await world.card(first.id), 'ops:edit');
      await slack.waitFor('the window', () => slack.openModal(who));
      expect(await slack.as(who).submit({ ops_param_count: value })).toMatchObject({ ok: true });
    };
    await submit(LIWEI, '-1');
    await slack.waitFor('the refusal', () => [...slack.ephemerals(LIWEI), ...slack.dm(LIWEI)].find((message) => /参数/.test(textOf(message))));
    expect((await world.plan(first.id)).state).toBe('notified');

    await submit(BEN, '3');
    await world.calm();
    expect(await world.plan(first.id)).toMatchObject({ state: 'cancelled', endedBy: { actor: { type: 'user', userId: BEN } } });
    const second = (await world.plans()).find((plan) => plan.state === 'notified');
    expect(second).toMatchObject({ action: 'scale_out', params: { count: 3 }, approvals: [], requestedBy: { type: 'user', userId: BEN } });
    expect(second?.digest).not.toBe(first.digest);
    expect(world.sandbox.account.executions).toEqual([]);
  });
});

it('hints at what can be typed after each slash command, and each hint is understood', () => {
  const { commands: slash } = readManifest(manifestFor(undefined));
  for (const { command, usageHint } of slash.filter((one) => one.command !== '/detect')) {
    expect(usageHint, command).not.toBe('');
    if (command !== '/ops') continue;
    for (const hint of usageHint.split('|')) expect(parse(hint, commands), hint).toMatchObject({ type: 'command', name: hint.trim().split(' ')[0] });
  }
});
