import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestFor } from '../../src/cli/manifest.ts';
import type { Person } from '../../src/domain/ports.ts';
import { type Room, whyWithheld } from '../../src/slack/unfurl.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, clock, type Desk, OPS, openDesk } from './edge.ts';

const BASE = 'https://ops.example.com';
const PRIVATE = 'C0SEC00003';
const SHARED = 'C0SHA00004';
const GENERAL = 'C0GEN00002';
const GUEST = 'U0GUE0009';
const ana = { id: ANA, name: 'Ana Ruiz', handle: 'ana', locale: 'en-US', timeZone: 'Europe/Madrid' };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(
    { linkBase: BASE },
    {
      manifest: manifestFor(BASE),
      people: [ana, { ...ana, id: GUEST, name: 'A guest', handle: 'guest', guest: true }],
      channels: [
        { id: OPS, name: 'ops' },
        { id: GENERAL, name: 'general' },
        { id: PRIVATE, name: 'secret', private: true },
        { id: SHARED, name: 'partners', shared: true },
      ],
    },
    { routes: [{ service: 'payroll', min_severity: 'low', channel: PRIVATE, mention: [] }] },
  );
  await anIncident(desk.store, clock.now(), 'Checkout is slow');
  await aPlan(desk.store, 'INC-1', clock.now());
  const secret = await anIncident(desk.store, clock.now(), 'Payroll is slow');
  await desk.store.incidents.patch(secret.id, { service: 'payroll' }, null, clock.now());
  await desk.store.outbox.add({ type: 'plan', planId: 'PLAN-1' }, clock.now());
  await desk.store.outbox.add({ type: 'incident', incidentId: secret.id }, clock.now());
  await desk.edge.delivery.drain();
});
afterAll(() => desk.stop());

/** Posts a text and gives what Slack shows under it, once the app had its say. */
async function under(userId: string, channel: string, text: string): Promise<string> {
  const told = (): number => desk.log.lines.filter((line) => line.message === 'a link is not shown').length;
  const before = told();
  const { ts } = await desk.slack.as(userId).say(channel, text);
  const shown = () => desk.slack.messages(channel).find((one) => one.ts === ts && one.attachments.length > 0);
  await desk.slack.as(ANA).command('/ops', 'help', OPS); // something to look at once more
  await desk.slack.waitFor('a decision', () => shown() !== undefined || told() > before);
  return JSON.stringify((shown()?.attachments ?? []).map((one) => one['blocks']));
}

describe('a link in what people post', () => {
  test('to an incident shows where it stands, from the store, without buttons', async () => {
    const text = await under(ANA, GENERAL, `look: ${BASE}/i/INC-1?title=forged <!channel>`);
    expect(text).toMatch(/INC-1.*Checkout is slow/);
    expect(text).not.toMatch(/forged|ops:|"button"/);
  });

  test('to a plan and to a pattern too', async () => {
    const text = await under(ANA, OPS, `${BASE}/p/PLAN-1 and ${BASE}/patterns/PAT-001`);
    expect(text).toMatch(/PLAN-1/);
    expect(text).toMatch(/EC2 High CPU Usage/);
  });

  test('to what lives in a private channel shows nothing elsewhere, and all of it at home', async () => {
    expect(await under(ANA, GENERAL, `${BASE}/i/INC-2`)).toBe('[]');
    expect(await under(ANA, PRIVATE, `${BASE}/i/INC-2`)).toMatch(/Payroll is slow/);
  });

  test('shows nothing where people of other organisations read, nor to guests', async () => {
    expect(await under(ANA, SHARED, `${BASE}/i/INC-1`)).toBe('[]');
    expect(await under(GUEST, GENERAL, `${BASE}/i/INC-1`)).toBe('[]');
  });

  test('that names nothing is left alone', async () => {
    const unfurled = () => desk.slack.calls().filter((call) => call.method === 'chat.unfurl').length;
    const before = unfurled();
    await desk.slack.as(ANA).say(GENERAL, `${BASE}/i/INC-99 ${BASE}/other/INC-1 ${BASE}/i/PLAN-1`);
    await under(ANA, GENERAL, `${BASE}/i/INC-1`);
    await desk.slack.waitFor('the call', () => unfurled() === before + 1);
    expect(desk.log.lines.filter((line) => line.level === 'error' || line.level === 'warn')).toEqual([]);
  });
});

test('a card carries its own address, and that leads to its place in Slack', async () => {
  const ref = await desk.store.messages.get('INC-1');
  expect(JSON.stringify(desk.slack.messages(OPS).find((one) => one.ts === ref?.ts)?.blocks)).toContain(`${BASE}/i/INC-1|INC-1`);
  const permalink = await desk.edge.permalink({ kind: 'incident', id: 'INC-1' });
  expect(permalink).toBe(`${desk.slack.pageUrl}archives/${OPS}/p${ref?.ts.replace('.', '')}`);
  expect(await desk.edge.permalink({ kind: 'plan', id: 'PLAN-1' })).toMatch(new RegExp(`/archives/${OPS}/p\\d+\\?thread_ts=${ref?.ts}&cid=${OPS}$`));
  expect(await desk.edge.permalink({ kind: 'incident', id: 'INC-99' })).toBeNull();
  expect(await desk.edge.permalink({ kind: 'pattern', id: 'PAT-001' })).toBeNull();
});

const person: Person = { id: ANA, name: 'Ana', locale: 'en', timeZone: 'UTC', isBot: false, deactivated: false };
const room = (over: Partial<Room> = {}): Room => ({ id: OPS, isPrivate: false, isShared: false, ...over });
test.each<[string, Parameters<typeof whyWithheld>, ReturnType<typeof whyWithheld>]>([
  ['somebody of the workspace in a public channel', [person, room(), room()], null],
  ['nobody Slack knows', [null, room(), room()], 'unknown_person'],
  ['a bot', [{ ...person, isBot: true }, room(), room()], 'unknown_person'],
  ['somebody who left', [{ ...person, deactivated: true }, room(), room()], 'unknown_person'],
  ['a guest', [{ ...person, outsider: true }, room(), room()], 'outsider'],
  ['a channel shared with others', [person, room({ isShared: true }), room()], 'shared_room'],
  ['a private home, elsewhere', [person, room({ id: 'C2' }), room({ isPrivate: true })], 'home_is_private'],
  ['a private home, in a DM', [person, null, room({ isPrivate: true })], 'home_is_private'],
  ['a private home, at home', [person, room({ isPrivate: true }), room({ isPrivate: true })], null],
  ['a pattern in a DM', [person, null, null], null],
])('shown to %s?', (_, args, expected) => {
  expect(whyWithheld(...args)).toBe(expected);
});
