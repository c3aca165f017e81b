import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { ANA, BEN, builtIn, IN_A_HURRY, OPS_CHANNEL, sandboxApp } from '../../src/cli/sandbox.ts';
import type { Log } from '../../src/domain/log.ts';
import { createSandboxAccount, type SandboxAccount } from '../../src/sandbox/account/account.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { OtherSlack } from '../support/other-slack.ts';

const MINUTE_MS = 60_000;
const SOON_MS = 20_000; // the first picture loads fonts, which a busy machine takes its time for

describe('another Slack, which knows only the oldest methods', () => {
  const clock = new ManualClock(Date.UTC(2026, 2, 4, 10, 0));
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-other-'));
  const lines: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  const log: Log = { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
  let slack: OtherSlack;
  let account: SandboxAccount;
  let app: App;

  beforeAll(async () => {
    slack = await OtherSlack.start();
    const scenario = builtIn('bad-deploy');
    account = createSandboxAccount({ scenario, clock, stateFile: join(dir, 'account.json') });
    app = await sandboxApp({ scenario, clock, dir, log, timing: IN_A_HURRY, config: { detection: { worker: false } } }, account, slack);
    await app.start();
  });
  afterAll(async () => {
    await app.stop();
    await slack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const pass = async (minutes: number): Promise<void> => {
    for (let done = 0; done < minutes; done += 1) {
      clock.advance(MINUTE_MS);
      await app.tick();
      await app.executor.idle();
      expect(await app.slack.delivery.drain(SOON_MS)).toBe(true);
    }
  };
  const untilSaid = async (words: RegExp, minutes = 0) => {
    for (let left = minutes; left > 0 && slack.messages(words).length === 0; left -= 1) await pass(1);
    for (const late = performance.now() + SOON_MS; slack.messages(words).length === 0 && performance.now() < late; ) await sleep(10);
    const found = slack.messages(words).at(-1);
    if (found === undefined) throw new Error(`nothing says ${words}`);
    return found;
  };

  it('shows the incident, takes the approval, fixes, and folds the card: one card, edited in place', async () => {
    const waiting = await untilSaid(/"ops:approve/, 40);
    const card = slack.messages(/INC-1/).find((message) => message.threadTs === null && message.to === null);
    await slack.press(ANA, waiting.ts, 'ops:approve');
    await untilSaid(/PLAN-1 counts/);
    expect((await untilSaid(/Resolved/, 40)).ts).toBe(card?.ts);
    expect(account.executions).toHaveLength(1);
    expect((await app.store.plans.get('PLAN-1'))?.approvals).toMatchObject([{ userId: ANA, via: 'button' }]);
    expect(slack.messages(/INC-1/).filter((message) => message.threadTs === null && message.to === null)).toHaveLength(1);
  });

  it('answers commands and refusals, and gives the runbook as text', async () => {
    await slack.command(BEN, '/ops', 'status', OPS_CHANNEL);
    await untilSaid(/How the loop is doing|opsloop status|Loop/i);
    await slack.command(BEN, '/ops', 'danse', OPS_CHANNEL);
    expect(await untilSaid(/I do not know .*danse/)).toMatchObject({ to: BEN });
    const card = slack.messages(/Resolved/).at(-1);
    await slack.press(BEN, card?.ts ?? '', 'ops:runbook');
    expect((await untilSaid(/```/)).threadTs).toBe(card?.ts);
  });

  it('says in words that a window cannot open', async () => {
    const card = slack.messages(/Resolved/).at(-1);
    await slack.press(BEN, card?.ts ?? '', 'ops:why');
    expect(await untilSaid(/This Slack has no windows/)).toMatchObject({ to: BEN });
  });

  it('writes one clear line for each method that is not there, however often it is wanted', async () => {
    for (let n = 0; n < 3; n += 1) await slack.openHome(ANA);
    await slack.command(ANA, '/ops', 'topology INC-1', OPS_CHANNEL);
    await slack.command(ANA, '/ops', 'week', OPS_CHANNEL);
    await untilSaid(/seven days/);
    const missing = lines
      .filter((line) => line.message === 'this Slack does not have a method that opsloop uses')
      .map((line) => line.fields as { method: string; without: string });
    expect(missing.map((one) => one.method).sort()).toEqual(['files.getUploadURLExternal', 'views.open', 'views.publish']);
    expect(missing.every((one) => one.without.length > 10)).toBe(true);
    const known = new Set(['auth.test', 'apps.connections.open', 'users.info']);
    const wanted = slack.asked.filter((method) => !known.has(method) && !/^(?:chat|conversations)\./.test(method));
    expect([...new Set(wanted)].sort()).toEqual(['files.getUploadURLExternal', 'views.open', 'views.publish']);
    expect(wanted.length).toBeLessThanOrEqual(6); // two that ask at the same moment, before either knows
    expect(lines.filter((line) => line.level === 'error' || (line.level === 'warn' && !line.message.startsWith('this Slack')))).toEqual([]);
  });
});
