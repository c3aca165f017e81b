import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANA, type Desk, LIWEI, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
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
