import type { OpsError } from '../../domain/errors.ts';
import type { AwsSettings } from '../settings.ts';
import { tooMuch } from './doing.ts';
import type { Recent } from './journal.ts';

/**
 * Whether acting on one more target stays within what one hour may touch, and within the share of its group. The same target
 * counts once. Null: it does.
 */
export function blastRefusal(
  targetId: string,
  group: { readonly id: string; readonly size: number } | null,
  recent: readonly Recent[],
  blast: AwsSettings['blast'],
): OpsError | null {
  const targets = new Set(recent.map((one) => one.targetId)).add(targetId);
  if (targets.size > blast.targets_per_hour)
    return tooMuch(`opsloop already acted on ${targets.size - 1} targets within the hour; the config allows ${blast.targets_per_hour}.`);
  if (group === null) return null;
  const members = new Set(recent.filter((one) => one.group === group.id).map((one) => one.targetId)).add(targetId);
  const most = Math.max(1, Math.floor((group.size * blast.group_percent) / 100));
  if (members.size <= most) return null;
  return tooMuch(`${members.size - 1} of the ${group.size} in ${group.id} were acted on within the hour; the config allows ${most}.`);
}

/** Why a growth is more than one action may add, or null. */
export function growthRefusal(what: string, before: number, after: number, blast: AwsSettings['blast']): OpsError | null {
  const most = Math.max(before + 1, Math.floor(before * (1 + blast.growth_percent / 100)));
  return after <= most ? null : tooMuch(`${what} may grow from ${before} to ${most} at once, not to ${after}.`);
}
