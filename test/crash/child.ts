import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { openBase } from '../../src/base.ts';
import { parseConfig } from '../../src/config.ts';
import { createCore } from '../../src/core.ts';
import { user } from '../../src/domain/actor.ts';
import { silentLog } from '../../src/log.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { createSlackEdge } from '../../src/slack/app.ts';
import { journalledAccount } from './account.ts';
import type { Answer, Ask, Go } from './messages.ts';
import { deadlyDirectory, deadlyFetch, deadlyRemediator, deadlyStore, FaultPoints } from './points.ts';

// A bot in a process of its own that dies where it is told to. It loads first, and starts when it hears `go`.
const points = new FaultPoints();
deadlyFetch(points);
let tell: ((ask: Exclude<Ask, Go>) => Promise<Answer>) | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (ask: Ask) => {
  const answer = ask.type === 'go' ? start(ask) : tell?.(ask);
  answer?.then((said) => process.send?.(said)).catch((thrown: unknown) => process.send?.({ type: 'failed', error: String(thrown) }));
});
flushCompileCache(); // a process that is killed leaves none behind
process.send?.({ type: 'loaded' });

async function start({ dir, knowledge, nowMs, slack, timing, first, policy }: Go): Promise<Answer> {
  const clock = new ManualClock(nowMs);
  const config = parseConfig({
    store: { path: join(dir, 'opsloop.db') },
    knowledge: { path: join(knowledge, 'knowledge.db'), archive: join(knowledge, 'archive') },
    slack: { bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, channel: slack.channel },
    detection: { worker: false },
    policy,
  });
  const opened = await openBase(config, clock);
  const base = { ...opened, store: deadlyStore(opened.store, points) };
  const edge = createSlackEdge({
    ...{ slack: config.slack, store: base.store, clock, log: silentLog, timing },
    chart: async () => null,
    runbook: async () => null,
    mayApprove: async () => false,
    onFatal: () => process.exit(1),
  });
  const core = createCore(base, {
    config,
    account: {
      sources: { metrics: [], logs: [], changes: [], alarms: [], topology: [] },
      remediator: deadlyRemediator(journalledAccount(join(dir, 'journal.jsonl')), points),
    },
    directory: deadlyDirectory(edge.directory, points),
    log: silentLog,
  });
  if (first === 'record') points.record();
  else if (first !== null) points.arm(first.point, first.skip);
  await core.executor.recover();
  await edge.start(core.verbs);
  tell = async (ask) => {
    switch (ask.type) {
      case 'arm':
        points.arm(ask.point, ask.skip);
        return { type: 'done' };
      case 'record':
        points.record();
        return { type: 'done' };
      case 'points':
        return { type: 'points', points: points.stopRecording() };
      case 'propose': {
        const { plan } = await core.verbs.proposeFix({ issue: ask.incidentId, action: ask.action, targetId: ask.targetId }, user(ask.userId));
        return { type: 'proposed', planId: plan.id };
      }
      case 'tick':
        clock.advance(Math.max(0, ask.nowMs - clock.now()));
        await core.tick();
        return { type: 'done' };
    }
  };
  return { type: 'ready' };
}
