import { describe, expect, it } from 'vitest';
import { approvalRefusal, countingApprovals, listedRefusal } from '../../src/action/people.ts';
import { system, user } from '../../src/domain/actor.ts';
import { directoryOf, MINUTE, person, plan, policy, T0 } from '../support/make.ts';

const directory = directoryOf([person('U1'), person('U2'), person('UBOT', { isBot: true }), person('UGONE', { deactivated: true })], { S1: ['U2'] });
const listed = policy({ approvers: ['U1', 'S1', 'UBOT', 'UGONE'] });
const ask = (userId: string, over = {}, digest: string | null = null, nowMs = T0) =>
  approvalRefusal(plan(over), user(userId), digest, nowMs, listed, directory);

describe('who may approve', () => {
  it('takes a person the policy names, directly or through a group', async () => {
    expect(await ask('U1')).toBeNull();
    expect(await ask('U2')).toBeNull();
  });

  it('refuses everybody when nobody is named', async () => {
    expect(await approvalRefusal(plan(), user('U1'), null, T0, policy(), directory)).toBe('not_listed');
  });

  it('refuses the person who asked, also when they asked by a token of theirs', async () => {
    expect(await ask('U1', { requestedBy: user('U1') })).toBe('requester');
    expect(await ask('U1', { requestedBy: { type: 'token', tokenId: 't', userId: 'U1' } })).toBe('requester');
  });

  it('refuses machines, bots and people who left', async () => {
    expect(await approvalRefusal(plan(), system('loop'), null, T0, listed, directory)).toBe('machine');
    expect(await approvalRefusal(plan(), { type: 'token', tokenId: 't', userId: null }, null, T0, listed, directory)).toBe('machine');
    expect(await ask('UBOT')).toBe('unknown_person');
    expect(await ask('UGONE')).toBe('unknown_person');
    expect(await ask('UNOBODY')).toBe('unknown_person');
  });

  it('counts one person once', async () => {
    const approvals = [{ userId: 'U1', atMs: T0, digest: 'digest-one', via: 'button' as const }];
    expect(await ask('U1', { approvals })).toBe('already_approved');
    expect(countingApprovals(plan({ approvals: [...approvals, ...approvals] }))).toBe(1);
  });

  it('refuses a click on a plan that changed, expired or was decided', async () => {
    expect(await ask('U1', {}, 'another-digest')).toBe('plan_changed');
    expect(await ask('U1', {}, 'digest')).toBeNull(); // the first letters of the digest, as a button carries them
    expect(await ask('U1', {}, null, T0 + 30 * MINUTE)).toBe('expired');
    expect(await ask('U1', { state: 'succeeded' })).toBe('not_waiting');
  });

  it('drops approvals of another digest and of the requester when they are counted', () => {
    const of = (userId: string, digest: string) => ({ userId, atMs: T0, digest, via: 'button' as const });
    expect(countingApprovals(plan({ requestedBy: user('U3'), approvals: [of('U1', 'digest-one'), of('U2', 'older'), of('U3', 'digest-one')] }))).toBe(1);
  });

  it('fails closed when Slack cannot say who is in a group', async () => {
    const away = directoryOf([person('U2')], { S1: ['U2'] });
    away.down = true;
    await expect(listedRefusal(user('U2'), 'approvers', listed, away)).rejects.toThrow();
  });
});
