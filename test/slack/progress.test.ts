import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { progressCard } from '../../blocks/progress.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { AnalysisWatch } from '../../src/domain/requests.ts';
import { SlackClient } from '../../src/slack/client.ts';
import { createRuns } from '../../src/slack/runs.ts';
import { anIncident } from '../support/verbs.ts';
import { ANA, clock, type Desk, LIWEI, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ timing: { paceMs: 2, pollMs: 10, retryMs: 50, workingAfterMs: 250, pictureRetryMs: 10, homeAgainAfterMs: 20 } });
  await anIncident(desk.store, clock.now());
});
afterAll(async () => desk.stop());

const saying = (words: RegExp) => desk.slack.messages(OPS).find((message) => message.fromBot && words.test(textOf(message)));
const watchOfLast = (): AnalysisWatch => desk.verbs.calls.findLast((call) => call.verb === 'analyse')?.args[2] as AnalysisWatch;

describe('an analysis that takes a while', () => {
  test('ticks off its dimensions in one message, and the answer takes its place', async () => {
    const release = desk.verbs.holdNext('analyse');
    await desk.slack.as(ANA).command('/rca', 'INC-1');
    const first = await desk.slack.waitFor('progress', () => saying(/Looking into INC-1/));
    const before = desk.slack.messages(OPS).length;
    for (const dimension of ['time', 'resource', 'change'] as const) watchOfLast().progress?.(dimension);
    await desk.slack.waitFor('ticks', () => saying(/just before ✓ · related resources ✓ · recent changes ✓ · history …/));
    release();
    const answer = await desk.slack.waitFor('the answer', () => saying(/A new version came out/));
    expect(answer.ts).toBe(first.ts);
    expect(desk.slack.messages(OPS)).toHaveLength(before);
    expect(saying(/Looking into/)).toBeUndefined();
    expect(desk.slack.ephemerals(ANA).some((message) => /On it/.test(textOf(message)))).toBe(false);
  });

  test('is stopped with a button, by whoever sees it, and says who did', async () => {
    const release = desk.verbs.holdNext('analyse');
    await desk.slack.as(ANA).command('/rca', 'INC-1');
    const message = await desk.slack.waitFor('progress', () => saying(/Looking into INC-1/));
    const place = { channel: OPS, ts: message.ts };
    await desk.slack.as(LIWEI).click(place, 'ops:stop');
    await desk.slack.waitFor('a word to who pressed', () => desk.slack.ephemerals(LIWEI).find((one) => /正在停止/.test(textOf(one))));
    expect(watchOfLast().signal?.aborted).toBe(true);
    release();
    await desk.slack.waitFor('the end', () => saying(new RegExp(`Stopped by <@${LIWEI}>`)));
    expect(saying(/Looking into/)).toBeUndefined();
    expect(desk.slack.ephemerals(ANA).some((one) => /stopped before it was done/.test(textOf(one)))).toBe(false);
    expect(desk.log.lines.filter((line) => line.level === 'error')).toEqual([]);
  });

  test('that is over is not stopped any more: the button is answered all the same', async () => {
    const old = progressCard('INC-1', [], 'of-before-a-restart', { locale: 'zh', nowMs: 0 });
    const client = new SlackClient(desk.slack.botToken, desk.slack.apiUrl, desk.log);
    const { ts } = await client.chat.postMessage({ channel: OPS, text: old.text, blocks: old.blocks });
    await desk.slack.as(ANA).click({ channel: OPS, ts: ts ?? '' }, 'ops:stop');
    await desk.slack.waitFor('a word', () => desk.slack.ephemerals(ANA).find((one) => /over already/.test(textOf(one))));
  });

  test('that fails leaves no promise behind', async () => {
    const release = desk.verbs.holdNext('analyse');
    desk.verbs.failNext('analyse', new OpsError('expired', 'The analysis was stopped before it was done.'));
    await desk.slack.as(ANA).command('/rca', 'INC-1');
    await desk.slack.waitFor('progress', () => saying(/Looking into INC-1/));
    release();
    await desk.slack.waitFor('the end', () => saying(/This could not be finished/));
    await desk.slack.waitFor('the reason', () => desk.slack.ephemerals(ANA).find((message) => /was stopped before/.test(textOf(message))));
    expect(saying(/Looking into/)).toBeUndefined();
  });
});

test('a run in another replica is told to stop over the database', async () => {
  const runs = createRuns(desk.store.wake);
  const elsewhere = createRuns(desk.store.wake, () => 'their-run');
  const run = elsewhere.start();
  expect(runs.stop('their-run', LIWEI)).toBe(false);
  await expect.poll(() => run.stoppedBy()).toBe(LIWEI);
  expect(run.signal.aborted).toBe(true);
  expect(elsewhere.stop('their-run', ANA)).toBe(false);
  runs.close();
  elsewhere.close();
});
