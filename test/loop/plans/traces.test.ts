import { afterEach, describe, expect, it } from 'vitest';
import { auditCard } from '../../../blocks/audit.ts';
import { csvLine } from '../../../src/cli/audit.ts';
import { user } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { noteCall, withOrigin } from '../../../src/domain/origin.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { directoryOf, MINUTE, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const CLICK = { via: 'slack', ids: { channel: 'C1', message: '1.2', trigger: '3.4' } } as const;

let desk: PlansDesk;
afterEach(() => desk.close());
async function approved(): Promise<Plan> {
  const directory = directoryOf([person('UANA'), person('UDMITRI')]);
  desk = await openPlansDesk({ policy: { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'], max_attempts_per_incident: 1 }, directory });
  desk.target.before = async () => noteCall('aws-execute-1');
  const plan = await desk.propose('rollback_deploy', 'ecs/checkout', user('UDMITRI'));
  return plan;
}
const approve = (plan: Plan): Promise<unknown> => withOrigin(CLICK, () => desk.core.verbs.approve(plan.id, user('UANA'), { via: 'button', digest: null }));
const detailOf = async (plan: Plan, verb: string) => (await desk.store.audit.list({ subject: plan.id, limit: 100 })).find((row) => row.verb === verb)?.detail;

describe('audit rows', () => {
  it('name the click that led to them, and not in what the executor did by itself', async () => {
    const plan = await approved();
    await approve(plan);
    await desk.kick();
    expect((await detailOf(plan, 'plan.approval'))?.['origin']).toEqual(CLICK);
    expect((await detailOf(plan, 'plan.approved'))?.['origin']).toEqual(CLICK);
    for (const verb of ['plan.proposed', 'plan.claimed', 'plan.running', 'plan.executed'])
      expect(await detailOf(plan, verb), verb).not.toHaveProperty('origin');
    expect(await desk.store.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('name the requests of AWS that did it, and those that took it back, on the card and in the export', async () => {
    const plan = await approved();
    await approve(plan);
    await desk.kick();
    expect((await detailOf(plan, 'plan.executed'))?.['awsRequests']).toEqual(['aws-execute-1']);
    desk.target.after = async () => noteCall('aws-rollback-1');
    desk.clock.advance(16 * MINUTE);
    await desk.core.tick();
    expect((await detailOf(plan, 'plan.rolled_back'))?.['awsRequests']).toEqual(['aws-rollback-1']);
    const rows = await desk.store.audit.list({ subject: plan.id, limit: 100 });
    const story = JSON.stringify(auditCard(plan.id, rows, { locale: 'en', nowMs: 0 }));
    expect(story).toContain('AWS `aws-execute-1`');
    expect(story).toContain('Slack `C1/1.2`');
    expect(rows.map(csvLine).join('\n')).toContain('aws-rollback-1');
  });

  it('name the requests of a refused execution as well', async () => {
    const plan = await approved();
    desk.target.before = async () => {
      noteCall('aws-refused-1');
      throw new OpsError('conflict', 'It is being deployed already.');
    };
    await approve(plan);
    await desk.kick();
    expect((await detailOf(plan, 'plan.failed'))?.['awsRequests']).toEqual(['aws-refused-1']);
  });
});
