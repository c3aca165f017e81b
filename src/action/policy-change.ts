import { createHash } from 'node:crypto';
import { type Policy, PolicySchema } from '../domain/policy.ts';

/** SHA-256 over the policy as it was parsed: the same for the same rules, whatever the file looks like. */
export const policyDigest = (policy: Policy): string => createHash('sha256').update(textOf(policy)).digest('hex');

/** Names of the settings that differ; all of them when there was no policy before. */
export function changedKeys(before: Policy | null, after: Policy): readonly string[] {
  const keys = Object.keys(PolicySchema.shape) as (keyof Policy)[];
  return keys.filter((key) => before === null || textOf(before[key]) !== textOf(after[key]));
}

/** JSON with the members of each object in the order of their names. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
