import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { deadLetters } from '../../src/webhooks/dead.ts';
import { createOutgoing, type WebhookTarget } from '../../src/webhooks/outgoing.ts';
import { isSigned } from '../../src/webhooks/signature.ts';
import { T0 } from '../support/make.ts';
import { storePlace } from '../support/store.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

const SECRET = 'a secret shared by both';

interface Heard {
  readonly event: string;
  readonly subject: string;
  readonly signed: boolean;
}

/** Something that listens, and answers as told: one status after the other, then 200. */
async function listener(statuses: number[] = []) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    response.statusCode = statuses.shift() ?? 200;
    if (response.statusCode === 200) {
      const { event, subject } = JSON.parse(body.toString()) as Heard;
      heard.push({
        event,
        subject,
        signed: isSigned(SECRET, body, request.headers['x-opsloop-timestamp'] as string, request.headers['x-opsloop-signature'] as string, T0),
      });
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { heard, statuses, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen within 4 s');
}

describe('webhooks out', () => {
  const target = (url: string, events = ['incident.*', 'plan.*']): WebhookTarget => ({ name: 'board', url, secret: SECRET, events });
  async function open(url: string, events?: string[]) {
    const store = await storePlace().open();
    await anIncident(store, T0); // the past: not told
    const make = () => createOutgoing({ store, clock: { now: () => T0 }, log: silentLog, targets: [target(url, events)], pollMs: 5, retryMs: 1 });
    const outgoing = make();
    outgoing.start();
    onTestFinished(() => outgoing.stop());
    await until(async () => (await store.watermarks.get('webhook:board')) !== null);
    return { store, outgoing, make };
  }

  it('tell of incidents and plans in order, signed, from now on', async () => {
    const { heard, url } = await listener();
    const { store } = await open(url);
    const incident = await anIncident(store, T0);
    await aPlan(store, incident.id, T0);
    await until(() => heard.length === 3);
    expect(heard).toEqual([
      { event: 'incident.opened', subject: 'INC-2', signed: true },
      { event: 'plan.proposed', subject: 'PLAN-1', signed: true },
      { event: 'plan.asked', subject: 'PLAN-1', signed: true },
    ]);
  });

  it('tell only what is wanted', async () => {
    const { heard, url } = await listener();
    const { store } = await open(url, ['plan.proposed']);
    const incident = await anIncident(store, T0);
    await aPlan(store, incident.id, T0);
    await until(async () => (await store.watermarks.get('webhook:board')) === (await store.audit.list({ limit: 100 })).length);
    expect(heard.map((one) => one.event)).toEqual(['plan.proposed']);
  });

  it('come again with back-off while the other side is ill, in their order', async () => {
    const { heard, url } = await listener([500, 503, 429, 408]);
    const { store } = await open(url);
    await anIncident(store, T0);
    await anIncident(store, T0);
    await until(() => heard.length === 2);
    expect(heard.map((one) => one.subject)).toEqual(['INC-2', 'INC-3']);
    expect(await deadLetters(store, 'board')).toEqual([]);
  });

  it('go to the dead letters when they are refused for good or never taken, and the next go on', async () => {
    const { heard, url } = await listener([404, ...Array.from({ length: 10 }, () => 500)]);
    const { store } = await open(url);
    for (let n = 0; n < 3; n += 1) await anIncident(store, T0);
    await until(() => heard.length === 1);
    expect(heard[0]?.subject).toBe('INC-4');
    expect(await deadLetters(store, 'board')).toMatchObject([
      { subject: 'INC-2', event: 'incident.opened', reason: 'it answered 404', attempts: 1 },
      { subject: 'INC-3', reason: 'it answered 500', attempts: 10 },
    ]);
  });

  it('go on where they were after a restart', async () => {
    const { heard, statuses, url } = await listener();
    const { store, outgoing, make } = await open(url);
    statuses.push(...Array.from({ length: 3 }, () => 500));
    await anIncident(store, T0);
    await outgoing.stop();
    await anIncident(store, T0);
    const again = make();
    again.start();
    onTestFinished(() => again.stop());
    await until(() => heard.length === 2);
    expect(heard.map((one) => one.subject)).toEqual(['INC-2', 'INC-3']);
  });
});
