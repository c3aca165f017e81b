import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnalysisWatch } from '../../src/domain/requests.ts';
import { anIncident } from '../support/verbs.ts';
import { ANA, clock, type Desk, LIWEI, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ timing: { paceMs: 2, pollMs: 10, retryMs: 50, workingAfterMs: 100, pictureRetryMs: 10, homeAgainAfterMs: 20 } });
});
afterAll(() => desk.stop());

const promptsOf = () => desk.slack.calls().filter((call) => call.method === 'assistant.threads.setSuggestedPrompts' && call.outcome === 'ok');

test('a new conversation in the agent pane offers things to try, in the language of the person', async () => {
  await desk.slack.as(ANA).openAgent();
  await desk.slack.waitFor('the prompts', () => promptsOf().length === 1);
  await desk.slack.as(LIWEI).openAgent();
  await desk.slack.waitFor('the prompts in Chinese', () => promptsOf().length === 2);
  const [english, chinese] = promptsOf().map((call) => JSON.stringify(call.args));
  expect(english).toContain('What is open now?');
  expect(chinese).toContain('现在有什么问题');
});

test('what is said there is answered in its thread, with a word of what is being done', async () => {
  const { channel, threadTs } = await desk.slack.as(ANA).openAgent();
  await desk.slack.waitFor('the prompts', () => promptsOf().length === 3);
  await desk.slack.as(ANA).dm('status', { threadTs });
  await desk.slack.waitFor('the answer', () => desk.slack.thread(channel, threadTs).find((one) => one.fromBot && /loop|open/i.test(textOf(one))));
  const said = desk.slack.calls().filter((call) => call.method === 'assistant.threads.setStatus' && call.outcome === 'ok');
  expect(said.map((call) => call.args['status'])).toEqual(['is looking into it …', '']);
});

test('an analysis there streams its steps, each as it is done, and the answer takes their place', async () => {
  await anIncident(desk.store, clock.now());
  const { channel, threadTs } = await desk.slack.as(ANA).openAgent();
  const release = desk.verbs.holdNext('analyse');
  await desk.slack.as(ANA).dm('why INC-1', { threadTs });
  const stream = await desk.slack.waitFor('the steps', () => desk.slack.thread(channel, threadTs).find((one) => one.streaming));
  const tasks = (): string[] => {
    const now = desk.slack.thread(channel, threadTs).find((one) => one.ts === stream.ts);
    const plan = now?.blocks.find((block) => block['type'] === 'plan');
    return (plan?.['tasks'] as { title: string; status: string }[] | undefined)?.map((task) => `${task.title}: ${task.status}`) ?? [];
  };
  expect(tasks()).toEqual(['just before: in_progress', 'related resources: pending', 'recent changes: pending', 'history: pending']);
  const watch = desk.verbs.calls.findLast((call) => call.verb === 'analyse')?.args[2] as AnalysisWatch;
  watch.progress?.('time');
  await desk.slack.waitFor('a step', () => tasks().includes('just before: complete') && tasks().includes('related resources: in_progress'));
  release();
  const answer = await desk.slack.waitFor('the answer', () => desk.slack.thread(channel, threadTs).find((one) => /A new version came out/.test(textOf(one))));
  expect(answer).toMatchObject({ ts: stream.ts, streaming: false });
  expect(tasks()).toEqual([]);
});

test('where Slack has no streams, the steps are one message that is edited', async () => {
  desk.slack.faults.fail('chat.startStream', 'unknown_method', 1);
  const { channel, threadTs } = await desk.slack.as(ANA).openAgent();
  const release = desk.verbs.holdNext('analyse');
  await desk.slack.as(ANA).dm('why INC-1', { threadTs });
  const inThread = (words: RegExp) => desk.slack.thread(channel, threadTs).find((one) => one.fromBot && words.test(textOf(one)));
  const message = await desk.slack.waitFor('the steps', () => inThread(/Looking into INC-1/));
  expect(message.streaming).toBe(false);
  release();
  expect((await desk.slack.waitFor('the answer', () => inThread(/A new version came out/))).ts).toBe(message.ts);
});
