import { afterEach, describe, expect, it } from 'vitest';
import { planCard } from '../../../blocks/plan.ts';
import { approveButton } from '../../../commands/buttons/approve.ts';
import type { Tools } from '../../../commands/types.ts';
import { type ConfigInput, parseConfig } from '../../../src/config.ts';
import { user } from '../../../src/domain/actor.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { directoryOf, person, resource } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const PEOPLE = ['UANA', 'UBEN', 'ULIWEI', 'UDMITRI', 'UEVE'];
const BASE = { requesters: ['*'], approvers: ['UANA', 'UBEN', 'ULIWEI'], operators: ['UANA'], target_cooldown_min: 0 };
const DMITRI = user('UDMITRI');

let desk: PlansDesk;
let directory: ReturnType<typeof directoryOf>;
let file: unknown = {};
afterEach(() => desk.close());
async function open(policy: NonNullable<ConfigInput['policy']>, groups: Record<string, readonly string[]> = {}): Promise<void> {
  directory = directoryOf([...PEOPLE.map((id) => person(id)), person('UBOT', { isBot: true })], groups);
  const resources = [resource('ecs/checkout', { service: 'shop' }), resource('ecs/search', { service: 'search', environment: 'staging' })];
  desk = await openPlansDesk({ policy: { ...BASE, ...policy }, directory, resources, readPolicy: () => parseConfig(file).policy });
}
const approve = (plan: Plan, userId: string) => desk.core.verbs.approve(plan.id, user(userId), { via: 'button', digest: null });
const card = async (plan: Plan, locale: 'en' | 'zh' = 'en'): Promise<string> =>
  JSON.stringify(planCard(await desk.core.verbs.plan(plan.id), { locale, nowMs: desk.clock.now() }));

describe('the card of a plan that waits', () => {
  it('names the executors from the start, and no longer once one of them said yes', async () => {
    await open({ executors: ['ULIWEI', 'SLEADS'], quorum: 2 }, { SLEADS: [] });
    const plan = await desk.propose('take_service_down', 'ecs/checkout', DMITRI);
    expect(await card(plan)).toContain('One of these has to be among them: <@ULIWEI>, <!subteam^SLEADS>');
    expect(await card(plan, 'zh')).toContain('其中必须有一位：<@ULIWEI>');
    await approve(plan, 'ULIWEI');
    expect(await card(plan)).toContain('1 of 2 approvals');
    expect(await card(plan)).not.toContain('has to be among them');
    await desk.core.verbs.withdrawApproval(plan.id, user('ULIWEI'));
    expect(await card(plan)).toContain('has to be among them');
  });

  it('says that somebody from outside the group is missing, also when the number is there', async () => {
    await open({ separate_groups: ['STEAM', 'SOTHER'] }, { STEAM: ['UDMITRI', 'UANA', 'UBEN'], SOTHER: ['UEVE'] });
    const plan = await desk.propose('take_service_down', 'ecs/checkout', DMITRI);
    await approve(plan, 'UANA');
    await approve(plan, 'UBEN');
    expect(await card(plan)).toContain('One has to come from outside <!subteam^STEAM>, the group of the person who asked');
    expect((await desk.plan(plan.id)).state).toBe('awaiting_approval');
    await approve(plan, 'ULIWEI');
    await desk.kick();
    expect(desk.target.executions(plan)).toHaveLength(1);
  });

  it('does not let it start when the executor takes back and somebody else approves while Slack is asked', async () => {
    await open({ executors: ['SLEADS'], quorum: 2 }, { SLEADS: ['ULIWEI'] });
    const plan = await desk.propose('take_service_down', 'ecs/checkout', DMITRI);
    await approve(plan, 'ULIWEI');
    const { groupMembers } = directory;
    directory.groupMembers = async (id) => {
      const members = await groupMembers(id);
      if ((await desk.plan(plan.id)).approvals.length < 2) return members; // asked for something else before
      directory.groupMembers = groupMembers;
      await desk.core.verbs.withdrawApproval(plan.id, user('ULIWEI'));
      await approve(plan, 'UBEN');
      return members;
    };
    await approve(plan, 'UANA');
    expect(directory.groupMembers).toBe(groupMembers); // it did happen meanwhile
    await desk.kick();
    expect((await desk.plan(plan.id)).state).toBe('awaiting_approval');
    await approve(plan, 'ULIWEI');
    await desk.kick();
    expect(desk.target.executions(plan)).toHaveLength(1);
  });

  it('says it later when Slack cannot say it at first', async () => {
    await open({ separate_groups: ['STEAM'] }, { STEAM: ['UDMITRI', 'UANA'] });
    const { groupMembers } = directory;
    directory.groupMembers = () => Promise.reject(new Error('Slack is away'));
    const plan = await desk.propose('take_service_down', 'ecs/checkout', DMITRI);
    expect(plan.lacks).toBeUndefined();
    directory.groupMembers = groupMembers;
    await approve(plan, 'UANA');
    expect((await desk.plan(plan.id)).lacks).toEqual([{ kind: 'outside_group', groups: ['STEAM'] }]);
  });

  it('follows a policy that is read again', async () => {
    await open({});
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', DMITRI);
    expect(await card(plan)).not.toContain('has to be among them');
    file = { policy: { ...BASE, executors: ['UBEN'] } };
    await desk.core.verbs.reloadPolicy(user('UANA'));
    expect(await card(plan)).toContain('has to be among them: <@UBEN>');
  });
});

describe('the answer to a button', () => {
  const press = async (plan: Plan, userId: string): Promise<string> => {
    const options = { locale: 'en', nowMs: 0 } as const;
    const click = { verb: 'approve', subject: plan.id, digest: plan.digest.slice(0, 12), userId, forMe: options, forAll: options } as const;
    const answer = await approveButton.press(click, { verbs: desk.core.verbs } as unknown as Tools);
    return JSON.stringify(answer);
  };

  it('does not call enough what lacks the right person, and names who it is', async () => {
    await open({ executors: ['ULIWEI'] });
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', DMITRI);
    const first = await press(plan, 'UANA');
    expect(first).toContain('One of these has to be among them: <@ULIWEI>');
    expect(first).not.toContain('all it needed');
    expect(await press(plan, 'ULIWEI')).toContain('all it needed');
  });
});

describe('what waits for a person', () => {
  it('is what the approve verb would take from them, for every person, action, service and environment', async () => {
    await open(
      {
        approvers: ['UANA', 'UBOT'],
        escalation: ['SBOSS'],
        requesters: ['*'],
        rules: [
          { services: ['shop'], approvers: ['UBEN'] },
          { environments: ['staging'], approvers: ['STEAM'] },
          { actions: ['revert_config'], approvers: ['UEVE'] },
          { risks: ['critical'], approvers: ['ULIWEI'] },
        ],
      },
      { STEAM: ['ULIWEI'], SBOSS: ['UDMITRI'] },
    );
    const waiting: Record<string, string[]> = {};
    for (const [action, targetId] of [
      ['rollback_deploy', 'ecs/checkout'],
      ['rollback_deploy', 'ecs/search'],
      ['revert_config', 'ecs/search'],
      ['take_service_down', 'ecs/checkout'],
    ] as const) {
      const plan = await desk.propose(action, targetId, user('UBEN'));
      for (const userId of [...PEOPLE, 'UBOT', 'UNOBODY']) {
        const said = await desk.core.mayApprove(userId, await desk.plan(plan.id));
        const taken = await approve(plan, userId).then(
          () => desk.core.verbs.withdrawApproval(plan.id, user(userId)).then(() => true),
          () => false,
        );
        expect(said, `${userId} on ${action} of ${targetId}`).toBe(taken);
        if (said) waiting[`${action} ${targetId}`] = [...(waiting[`${action} ${targetId}`] ?? []), userId];
      }
      await desk.core.verbs.reject(plan.id, user('UDMITRI'), 'next');
    }
    expect(waiting).toEqual({
      'rollback_deploy ecs/checkout': ['UDMITRI'], // Ben asked for it himself
      'rollback_deploy ecs/search': ['ULIWEI', 'UDMITRI'],
      'revert_config ecs/search': ['UDMITRI', 'UEVE'],
      'take_service_down ecs/checkout': ['ULIWEI', 'UDMITRI'],
    });
  });
});
