import { describe, expect, it } from 'vitest';
import { failuresOf, holdOf } from '../../src/action/guard.ts';
import { system } from '../../src/domain/actor.ts';
import { MINUTE, plan, policy, T0 } from '../support/make.ts';

const off = (scope: string) => ({ scope, by: system('test'), reason: '', atMs: T0 });
const auto = plan({ state: 'approved', approvalsNeeded: 0, action: 'restart_service', risk: 'low' });
const ran = (over = {}) => plan({ id: 'PLAN-9', state: 'succeeded', approvalsNeeded: 0, executedAtMs: T0, ...over });

describe('what holds a plan back', () => {
  it('lets a plan run when nothing speaks against it', () => {
    expect(holdOf(auto, 'checkout', [], [], T0, policy())).toBeNull();
  });

  it('holds it while everything, its action or its service is paused', () => {
    for (const scope of ['all', 'action:restart_service', 'service:checkout']) expect(holdOf(auto, 'checkout', [], [off(scope)], T0, policy())).toBe('paused');
    for (const scope of ['action:scale_out', 'service:search']) expect(holdOf(auto, 'checkout', [], [off(scope)], T0, policy())).toBeNull();
  });

  it('holds it while another plan works on the same target', () => {
    expect(holdOf(auto, null, [ran({ state: 'verifying' })], [], T0 + 60 * MINUTE, policy())).toBe('target_busy');
  });

  it('keeps a distance between two actions on one target, and a bound on actions an hour', () => {
    const bounds = policy({ target_cooldown_min: 15, actions_per_hour: 1 });
    expect(holdOf(auto, null, [ran()], [], T0 + 14 * MINUTE, bounds)).toBe('cooldown');
    expect(holdOf(auto, null, [ran({ targetId: 'ecs/other' })], [], T0 + 30 * MINUTE, bounds)).toBe('rate_cap');
    expect(holdOf(auto, null, [ran({ targetId: 'ecs/other' })], [], T0 + 61 * MINUTE, bounds)).toBeNull();
  });

  it('does not second-guess what people approved, except for a pause and a busy target', () => {
    const approved = plan({ state: 'approved', approvalsNeeded: 1 });
    expect(holdOf(approved, null, [ran()], [], T0 + MINUTE, policy())).toBeNull();
    expect(holdOf(approved, null, [], [off('all')], T0, policy())).toBe('paused');
  });
});

describe('the share of a group', () => {
  const group = ['ecs/a', 'ecs/b', 'ecs/c', 'ecs/checkout'];
  const touched = (...targets: string[]) => targets.map((targetId, n) => ran({ id: `PLAN-${n + 20}`, targetId }));
  const hold = (...targets: string[]) => holdOf(auto, 'shop', touched(...targets), [], T0 + 30 * MINUTE, policy(), group);

  it('holds an action that would touch more of a service than the policy allows within an hour', () => {
    expect(hold('ecs/a')).toBeNull(); // 2 of 4
    expect(hold('ecs/a', 'ecs/b')).toBe('blast_radius'); // 3 of 4
    expect(hold('ecs/elsewhere', 'ecs/other')).toBeNull();
  });

  it('does not stand in the way of the only one there is', () => {
    expect(holdOf(auto, 'shop', [], [], T0, policy(), ['ecs/checkout'])).toBeNull();
  });
});

describe('failures of an action on a target', () => {
  const failed = (over = {}) =>
    ran({ state: 'failed', outcome: { result: 'failed', atMs: T0, detail: { code: 'x', params: {}, text: 'x' }, verified: false, durationMs: null }, ...over });
  it('count the same action on the same target within a day', () => {
    const step = { action: auto.action, targetId: auto.targetId };
    const others = [failed(), failed({ action: 'clear_cache' }), failed({ targetId: 'ecs/other' }), ran()];
    expect(
      failuresOf(
        step,
        others.map((other) => (other.action === 'rollback_deploy' ? { ...other, action: auto.action } : other)),
        T0 + MINUTE,
      ),
    ).toBe(1);
    expect(failuresOf(step, [failed({ action: auto.action })], T0 + 25 * 60 * MINUTE)).toBe(0);
  });
});
