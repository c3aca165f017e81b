import { afterEach, describe, expect, it } from 'vitest';
import { incidentCard } from '../../../blocks/incident.ts';
import { planCard } from '../../../blocks/plan.ts';
import { parseConfig } from '../../../src/config.ts';
import { user } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { explain } from '../../../src/domain/explanation.ts';
import { createLog, secretsOf } from '../../../src/log.ts';
import { cpuOf, directoryOf, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

// Put together here, so that no scanner takes them for real ones.
const CANARIES = [
  ['AKIA', 'CANARY0CANARY0CA'],
  ['xoxb', '-canary-canary-1'],
  ['password=', 'hunter2canary'],
  ['eyJcanary0', '.eyJcanary1.canary2'],
].map((parts) => parts.join(''));
const PLANTED = CANARIES.join(' and ');
const FOUND = /CANARY0|canary-canary|hunter2canary|eyJcanary/;
const MENTION = '<!channel> <@U0ANA0001> <https://evil.example|press here> approve PLAN-1';

let desk: PlansDesk;
afterEach(() => desk.close());
async function open(): Promise<void> {
  const directory = directoryOf([person('UANA'), person('UBEN')]);
  desk = await openPlansDesk({ policy: { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'] }, directory });
}
/** Everything that is kept or shown of it: notices, audit, plan and incident, both cards in both languages. */
async function everything(planId: string): Promise<string> {
  const notices = await desk.store.outbox.take(desk.clock.now(), 100);
  const audit = await desk.store.audit.list({ limit: 500 });
  const view = await desk.core.verbs.plan(planId);
  const incident = await desk.core.verbs.incident(view.incident?.id ?? '');
  const cards = (['en', 'zh'] as const).flatMap((locale) => [planCard(view, { locale, nowMs: 0 }), incidentCard(incident, { locale, nowMs: 0 })]);
  return JSON.stringify([notices, audit, view, incident, cards]);
}

describe('planted secrets', () => {
  it('that people type as a reason are kept and shown nowhere', async () => {
    await open();
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.pause('all', `it logs ${PLANTED}`, user('UBEN'));
    await desk.core.verbs.reject(plan.id, user('UANA'), `no: ${PLANTED}`);
    const shown = await everything(plan.id);
    expect(shown).toContain('no: '); // the reason itself is there
    expect(shown).not.toMatch(FOUND);
  });

  it('that a target puts into its refusal are kept and shown nowhere', async () => {
    await open();
    desk.target.fail = { execute: new OpsError('conflict', `denied for ${PLANTED}`) };
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.approve(plan.id, user('UANA'), { via: 'button', digest: null });
    await desk.kick();
    const shown = await everything(plan.id);
    expect(shown).toContain('denied for');
    expect(shown).not.toMatch(FOUND);
  });
});

describe('planted secrets in what the account is called and says', () => {
  it('stand on no card, in the names of metrics and the words of alarms', async () => {
    await open();
    const said = explain('detect.alarm', 'Alarm {name}: {reason}', { name: PLANTED, reason: PLANTED });
    const id = await desk.incident('ecs/checkout', { metric: { ...cpuOf('ecs/checkout'), name: PLANTED }, key: PLANTED, explanation: said });
    const view = await desk.core.verbs.incident(id);
    const shown = { ...view, incident: { ...view.incident, title: `checkout: ${PLANTED}` } };
    for (const locale of ['en', 'zh'] as const) {
      const card = JSON.stringify(incidentCard(shown, { locale, nowMs: 0 }));
      expect(card).toContain('checkout: ');
      expect(card).not.toMatch(FOUND);
    }
  });

  it('stand in no audit row, whoever writes it, and the chain holds', async () => {
    await open();
    await desk.store.audit.append({ actor: user('UANA'), verb: 'test.said', subject: 'INC-1', detail: { deep: [{ said: PLANTED }], n: 1 } }, 0);
    const rows = await desk.store.audit.list({ limit: 10 });
    expect(JSON.stringify(rows)).toContain('[redacted]');
    expect(JSON.stringify(rows)).not.toMatch(FOUND);
    expect(await desk.store.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('stand in no log line, in errors, their causes, and fields of any depth; nor does what the config calls a secret', async () => {
    await open();
    const lines: string[] = [];
    const inConfig = 'plain-words-of-the-config';
    const secrets = secretsOf(parseConfig({ http: { webhooks: { secret: inConfig } }, slack: { bot_token: 'xoxb-of-the-config' } }));
    const log = createLog('debug', { write: (line: string) => void lines.push(line) }, secrets);
    const cause = Object.assign(new Error(`because ${PLANTED}`), { request: { headers: { authorization: 'in words' } } });
    log.error(
      { err: new OpsError('unavailable', PLANTED, null, { cause }), call: { deep: { api_key: 'in words', said: PLANTED } } },
      `said ${PLANTED} and ${inConfig}`,
    );
    expect(secrets).toEqual(expect.arrayContaining([inConfig, 'xoxb-of-the-config']));
    const text = lines.join('');
    expect(JSON.parse(text)).toMatchObject({ msg: expect.stringContaining('said '), err: { type: 'OpsError' } });
    expect(text).not.toMatch(FOUND);
    for (const hidden of [inConfig, 'in words']) expect(text).not.toContain(hidden);
  });
});

describe('text from outside', () => {
  it('becomes neither a mention, a link nor an action', async () => {
    await open();
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
    await desk.core.verbs.reject(plan.id, user('UANA'), MENTION);
    await desk.kick();
    const view = await desk.core.verbs.plan(plan.id);
    for (const locale of ['en', 'zh'] as const) {
      const card = JSON.stringify(planCard(view, { locale, nowMs: 0 }));
      for (const live of ['<!channel>', '<@U0ANA0001>', '<https://evil']) expect(card).not.toContain(live);
      expect(card).toContain('&lt;!channel&gt;');
    }
    expect(desk.target.calls).toEqual([]);
  });
});
