import { afterAll } from 'vitest';
import { notifierContract } from '../contracts/notifier.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, clock, type Desk, OPS, openDesk, textOf } from './edge.ts';

const desks: Desk[] = [];
afterAll(async () => {
  for (const desk of desks) await desk.stop();
});

notifierContract('Slack', async () => {
  const desk = await openDesk({ chart: async () => null });
  desks.push(desk);
  const { id } = await anIncident(desk.store, clock.now());
  const plan = await aPlan(desk.store, id, clock.now());
  const replies = () => desk.slack.messages(OPS).flatMap((root) => desk.slack.thread(OPS, root.ts).filter((message) => message.ts !== root.ts));
  return {
    ...{ notifier: desk.edge.notifier, incidentId: id, planId: plan.id, userId: ANA },
    shown: () => [
      ...desk.slack.messages(OPS).map((message) => ({ place: 'channel' as const, text: textOf(message) })),
      ...replies().map((message) => ({ place: 'thread' as const, text: textOf(message) })),
      ...desk.slack.dm(ANA).map((message) => ({ place: 'direct' as const, text: textOf(message) })),
    ],
    slowDown: () => desk.slack.faults.rateLimit('chat.postMessage', 1, 7),
  };
});
