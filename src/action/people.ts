import { type Actor, personOf } from '../domain/actor.ts';
import type { Lack, Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Directory, Person } from '../domain/ports.ts';

/** Why somebody may not do something, as a stable name; null: they may. */
export type Refusal =
  | 'not_waiting' // the plan does not ask for approval (any more)
  | 'expired'
  | 'plan_changed' // what they saw is not what would run
  | 'machine' // a token of a machine, or the bot itself
  | 'unknown_person'
  | 'not_listed' // the policy does not name them
  | 'requester' // they asked for it themselves
  | 'already_approved';

type Listed = 'requesters' | 'approvers' | 'operators';

/** Whether the policy's list names this person, directly or through a group as it is now. Throws when Slack cannot say. */
async function isListed(person: Person, list: readonly string[], directory: Directory): Promise<boolean> {
  if (list.includes(person.id) || list.includes('*')) return true;
  for (const group of list.filter((entry) => entry.startsWith('S'))) {
    if ((await directory.groupMembers(group)).includes(person.id)) return true;
  }
  return false;
}

/** Whether an actor is a living person whom the policy lists for this. Fails closed: an unreachable directory throws. */
export async function listedRefusal(actor: Actor, listed: Listed, policy: Policy, directory: Directory): Promise<Refusal | null> {
  const userId = personOf(actor);
  if (userId === null) return 'machine';
  const person = await directory.person(userId);
  if (person === null || person.isBot || person.deactivated) return 'unknown_person';
  return (await isListed(person, policy[listed], directory)) ? null : 'not_listed';
}

/** Whether this actor's approval would count for the plan now. `digest` is what they saw; null when they named the plan only. */
export async function approvalRefusal(
  plan: Plan,
  actor: Actor,
  digest: string | null,
  nowMs: number,
  policy: Policy,
  directory: Directory,
): Promise<Refusal | null> {
  const userId = personOf(actor);
  if (userId === null) return 'machine';
  if (plan.state !== 'awaiting_approval') return 'not_waiting';
  if (plan.expiresAtMs !== null && nowMs >= plan.expiresAtMs) return 'expired';
  if (digest !== null && !plan.digest.startsWith(digest)) return 'plan_changed';
  if (personOf(plan.requestedBy) === userId) return 'requester';
  if (plan.approvals.some((approval) => approval.userId === userId)) return 'already_approved';
  return await listedRefusal(actor, 'approvers', policy, directory);
}

/** How many approvals of the plan still count: right digest, distinct people, none of them the requester. */
export function countingApprovals(plan: Plan): number {
  const requester = personOf(plan.requestedBy);
  return new Set(plan.approvals.filter((a) => a.digest === plan.digest && a.userId !== requester).map((a) => a.userId)).size;
}

/** What a plan that waits may still lack; null: nothing. */
export type Missing = 'approvals' | Lack['kind'];

/** Whether those who approved are enough, and the right ones. `lacks` as `lacksOf` found them. */
export function stillMissing(plan: Plan, lacks: readonly Lack[]): Missing | null {
  return countingApprovals(plan) < plan.approvalsNeeded ? 'approvals' : (lacks[0]?.kind ?? null);
}

type Waiting = Pick<Plan, 'approvalsNeeded' | 'approvals' | 'digest' | 'requestedBy' | 'risk'>;

/**
 * Who has to be among those who approve and is not yet: one of the executors where the policy names any, and for critical one from
 * outside the requester's own groups. Throws when Slack cannot say who is in a group.
 */
export async function lacksOf(plan: Waiting, policy: Policy, directory: Directory): Promise<readonly Lack[]> {
  if (plan.approvalsNeeded === 0) return [];
  const people = plan.approvals.filter((approval) => approval.digest === plan.digest).map((approval) => approval.userId);
  const lacks: Lack[] = [];
  const { executors } = policy;
  if (executors.length > 0 && !(await someListed(people, executors, directory))) lacks.push({ kind: 'executor', people: executors });
  const requester = personOf(plan.requestedBy);
  if (requester === null || plan.risk !== 'critical') return lacks;
  const theirs = new Map<string, readonly string[]>();
  for (const group of policy.separate_groups) {
    const members = await directory.groupMembers(group);
    if (members.includes(requester)) theirs.set(group, members);
  }
  const outside = people.some((userId) => ![...theirs.values()].some((members) => members.includes(userId)));
  if (theirs.size > 0 && !outside) lacks.push({ kind: 'outside_group', groups: [...theirs.keys()] });
  return lacks;
}

async function someListed(people: readonly string[], list: readonly string[], directory: Directory): Promise<boolean> {
  for (const userId of people) {
    const person = await directory.person(userId);
    if (person !== null && (await isListed(person, list, directory))) return true;
  }
  return false;
}
