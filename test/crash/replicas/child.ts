import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../../src/app.ts';
import { parseConfig } from '../../../src/config.ts';
import { user } from '../../../src/domain/actor.ts';
import type { Remediator } from '../../../src/domain/ports.ts';
import { silentLog } from '../../../src/log.ts';
import { journalledAccount } from '../account.ts';
import type { Answer, Ask, Go } from './messages.ts';

// One replica in a process of its own: the whole app, as it ships. It loads first, and starts when it hears `go`.
const TICK_MS = 2000;
let propose: ((ask: Extract<Ask, { type: 'propose' }>) => Promise<Answer>) | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (ask: Ask) => {
  const answer = ask.type === 'go' ? start(ask) : propose?.(ask);
  answer?.then((said) => process.send?.(said)).catch((thrown: unknown) => process.send?.({ type: 'failed', error: String(thrown) }));
});
flushCompileCache(); // a process that is killed leaves none behind
process.send?.({ type: 'loaded' });

/** An account that takes its time, so that a kill may come before, while and after it acts. */
const slow = (account: Remediator): Remediator => ({
  ...account,
  execute: async (step, key, signal) => {
    await sleep(150);
    const receipt = await account.execute(step, key, signal);
    await sleep(150);
    return receipt;
  },
});

async function start({ url, dir, journal, slack, timing, policy, secret }: Go): Promise<Answer> {
  const app = await createApp({
    config: parseConfig({
      store: { url },
      knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
      slack: { bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, channel: slack.channel },
      http: { port: 0, webhooks: { secret } },
      quiet: { incidents_per_hour: 100, cards_per_hour: 1000, remind_most: 0 },
      detection: { worker: false },
      policy,
    }),
    account: { sources: { metrics: [], logs: [], changes: [], alarms: [], topology: [] }, remediator: slow(journalledAccount(journal)) },
    log: silentLog,
    timing,
    onFatal: () => process.exit(1),
  });
  await app.start();
  await app.http.listen({ host: '127.0.0.1', port: 0 });
  const tick = async (): Promise<void> => {
    await app.tick().catch(() => undefined);
    setTimeout(tick, TICK_MS);
  };
  void tick();
  propose = async (ask) => {
    const { plan } = await app.verbs.proposeFix({ issue: ask.incidentId, action: 'rollback_deploy', targetId: ask.targetId }, user(ask.userId));
    return { type: 'proposed', planId: plan.id };
  };
  const [address] = app.http.addresses();
  return { type: 'ready', port: typeof address === 'object' ? address.port : 0 };
}
