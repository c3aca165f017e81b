import { join } from 'node:path';
import { builtIn, IN_A_HURRY, sandboxApp } from '../../src/cli/sandbox.ts';
import type { Remediator } from '../../src/domain/ports.ts';
import { silentLog } from '../../src/log.ts';
import { createSandboxAccount } from '../../src/sandbox/account/account.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';

/** The moments at which a test may have the bot killed. */
export type KillPoint = 'none' | 'before_execute' | 'after_execute' | 'after_approval';

export interface BotOptions {
  readonly scenario: string;
  readonly dir: string;
  readonly nowMs: number;
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string };
  readonly kill: KillPoint;
}

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
};

/** The remediator as it is, but the process dies at the chosen moment, as if the machine had lost power. */
function deadly(remediator: Remediator, kill: KillPoint): Remediator {
  let approved = false;
  return {
    name: remediator.name,
    actions: remediator.actions,
    dryRun: (step, signal) => remediator.dryRun(step, signal),
    lookup: (step, key, signal) => remediator.lookup(step, key, signal),
    rollback: (step, receipt, signal) => remediator.rollback(step, receipt, signal),
    inspect: async (step, signal) => {
      if (kill === 'after_approval' && approved) die(); // the second look, at the moment of execution
      approved = true;
      return await remediator.inspect(step, signal);
    },
    execute: async (step, key, signal) => {
      if (kill === 'before_execute') die();
      const receipt = await remediator.execute(step, key, signal);
      if (kill === 'after_execute') die();
      return receipt;
    },
  };
}

/** A bot in a process of its own, on an account that outlives it (its state file) and a Slack that runs elsewhere. Ticks when told to. */
async function run(options: BotOptions): Promise<void> {
  const { dir, kill, slack } = options;
  const clock = new ManualClock(options.nowMs);
  const account = createSandboxAccount({ scenario: builtIn(options.scenario), clock, stateFile: join(dir, 'account.json') });
  const app = await sandboxApp(
    { scenario: account.scenario, clock, dir, log: silentLog, timing: IN_A_HURRY, config: { detection: { worker: false }, loop: { backfill_h: 12 } } },
    Object.assign(Object.create(account), { remediator: deadly(account.remediator, kill) }),
    slack,
  );
  await app.start();
  const tick = async (): Promise<void> => {
    await app.tick();
    await app.executor.idle();
    await app.slack.delivery.drain(10_000);
  };
  process.on('message', (message: { readonly type: 'tick'; readonly nowMs: number } | { readonly type: 'stop' }) => {
    if (message.type === 'stop') {
      void app.stop().then(() => process.exit(0));
      return;
    }
    clock.advance(Math.max(0, message.nowMs - clock.now()));
    void tick().then(() => process.send?.({ type: 'ticked' }));
  });
  process.send?.({ type: 'ready' });
}

if (process.argv[2] !== undefined) await run(JSON.parse(process.argv[2]) as BotOptions);
