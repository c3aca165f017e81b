import { afterAll, expect, test } from 'vitest';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { DEFAULT_PEOPLE } from '../../src/sandbox/slack/people.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { SlackClient } from '../../src/slack/client.ts';
import { createSlackDirectory } from '../../src/slack/directory.ts';
import { directoryContract } from '../contracts/directory.ts';
import { ANA, BEN, keptLog, LIWEI, manifest } from './edge.ts';

const opened: LocalSlack[] = [];
afterAll(async () => {
  for (const slack of opened) await slack.stop();
});

async function scene() {
  const gone = { id: 'U0GONE', name: 'Gone', handle: 'gone', locale: 'en-US', timeZone: 'UTC', deactivated: true };
  const slack = await startLocalSlack({
    manifest,
    people: [...DEFAULT_PEOPLE, gone],
    groups: [{ id: 'S0ONCALL1', handle: 'on-call', members: [ANA, BEN, LIWEI] }],
  });
  opened.push(slack);
  const time = { nowMs: 1_000_000 };
  const directory = createSlackDirectory(new SlackClient(slack.botToken, slack.apiUrl, keptLog()), { now: () => time.nowMs });
  return { slack, time, directory };
}

directoryContract('Slack', async () => {
  const { slack, time, directory } = await scene();
  return {
    directory,
    person: { id: LIWEI, name: DEFAULT_PEOPLE.find((person) => person.id === LIWEI)?.name ?? '', locale: 'zh' },
    deactivated: 'U0GONE',
    bot: slack.botUserId,
    group: { id: 'S0ONCALL1', members: [ANA, BEN, LIWEI] },
    breakIt: () => slack.faults.fail('*', 'fatal_error', 10),
    wait: () => {
      time.nowMs += 5 * 60_000;
    },
  };
});

test('a person is asked for once in five minutes, and a failure is not remembered', async () => {
  const { slack, time, directory } = await scene();
  const asked = () => slack.calls().filter((call) => call.method === 'users.info').length;
  slack.faults.fail('users.info', 'fatal_error', 1);
  await expect(directory.person(ANA)).rejects.toThrow('fatal_error');
  await Promise.all([directory.person(ANA), directory.person(ANA)]);
  expect(asked()).toBe(2);
  time.nowMs += 299_000;
  await directory.person(ANA);
  expect(asked()).toBe(2);
  time.nowMs += 2000;
  await directory.person(ANA);
  expect(asked()).toBe(3);
});
