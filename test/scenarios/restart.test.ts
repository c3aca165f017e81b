import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtIn } from '../../src/cli/sandbox.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { createSandboxAccount, type SandboxAccount } from '../../src/sandbox/account/account.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { openStore } from '../../src/store/open.ts';
import { Bot } from '../support/bot.ts';
import type { KillPoint } from '../support/bot-process.ts';
import { ANA, OPS_CHANNEL, START_MS, textOf } from '../support/world.ts';

const MINUTE_MS = 60_000;
const SCENARIO = 'bad-deploy';

describe('kill -9 and a restart', { timeout: 120_000 }, () => {
  let dir: string;
  let slack: LocalSlack;
  let bot: Bot;
  let nowMs: number;
  const clock = { now: () => nowMs };

  beforeEach(async () => {
    nowMs = START_MS;
    dir = mkdtempSync(join(tmpdir(), 'opsloop-restart-'));
    slack = await startLocalSlack({ manifest: parse(readFileSync('manifest.yml', 'utf8')), clock });
  });
  afterEach(async () => {
    await bot.kill();
    await slack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (kill: KillPoint): Promise<void> => {
    bot = await Bot.start({ scenario: SCENARIO, dir, nowMs, slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl }, kill });
  };
  const plans = async (): Promise<readonly Plan[]> => {
    const store = await openStore(join(dir, 'opsloop.db'));
    const found = await store.plans.list({ limit: 10 });
    await store.close();
    return found;
  };
  const planIn = async (state: Plan['state'], minutes = 30): Promise<Plan> => {
    for (let left = minutes; left > 0; left -= 1) {
      const found = (await plans()).find((plan) => plan.state === state);
      if (found !== undefined) return found;
      nowMs += MINUTE_MS;
      await bot.tick(nowMs);
    }
    throw new Error(`no plan is ${state}: ${JSON.stringify((await plans()).map((plan) => [plan.id, plan.state]))}`);
  };
  /** The account as it is on its own disk: what really reached it. */
  const account = (): SandboxAccount =>
    createSandboxAccount({ scenario: builtIn(SCENARIO), clock: new ManualClock(nowMs), stateFile: join(dir, 'account.json') });
  const approve = async (): Promise<void> => {
    const card = slack.messages(OPS_CHANNEL).find((message) => textOf(message).includes('PLAN-1'));
    await slack
      .as(ANA)
      .click(card ?? { channel: OPS_CHANNEL, ts: '0' }, 'ops:approve')
      .catch(() => undefined);
  };
  const died = async (): Promise<void> => {
    for (let waits = 0; waits < 100 && !bot.dead; waits += 1) {
      await sleep(50);
      if (waits % 20 === 19) await bot.tick(nowMs);
    }
    expect(bot.dead).toBe(true);
  };

  it('between approval and execution: the approved plan runs once, after the restart', async () => {
    await start('after_approval');
    await planIn('awaiting_approval');
    await approve();
    await died();
    expect(account().executions).toEqual([]);
    await start('none');
    await planIn('succeeded');
    expect(account().executions).toHaveLength(1);
  });

  it('between the claim and the call: it is not run again by itself, and people are told', async () => {
    await start('before_execute');
    await planIn('awaiting_approval');
    await approve();
    await died();
    await start('none');
    const plan = await planIn('failed', 3);
    expect(plan.outcome?.detail.code).toBe('plan.interrupted');
    await bot.tick(nowMs);
    expect(account().executions).toEqual([]);
    const said = slack.messages(OPS_CHANNEL).flatMap((message) => slack.thread(OPS_CHANNEL, message.ts).map(textOf));
    expect(said.join('\n')).toMatch(/interrupted/i);
  });

  it('between execution and report: it is looked up, not run again, verified and reported', async () => {
    await start('after_execute');
    await planIn('awaiting_approval');
    await approve();
    await died();
    expect(account().executions).toHaveLength(1);
    await start('none');
    const plan = await planIn('succeeded');
    expect(plan.outcome?.verified).toBe(true);
    expect(account().executions).toHaveLength(1);
    const cards = slack.messages(OPS_CHANNEL).filter((message) => JSON.stringify(message.metadata).includes('"INC-1"'));
    expect(cards).toHaveLength(1);
  });
});
