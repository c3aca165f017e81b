import { z } from 'zod';
import type { ActionFacts } from '../../domain/action.ts';
import type { Params, Reversibility } from '../../domain/plan.ts';
import type { Resource } from '../../domain/resource.ts';
import type { Risk } from '../../domain/risk.ts';

const MINUTE_MS = 60_000;

interface Definition<P extends Params> {
  readonly name: string;
  readonly title: string;
  readonly risk: Risk;
  readonly reversibility: Reversibility;
  readonly targetKinds: readonly string[];
  readonly params: z.ZodType<P>;
  readonly defaults: (target: Resource) => P;
  readonly blastRadius: (target: Resource, params: P) => string;
  readonly iam: readonly string[];
  readonly timeoutMin?: number;
  readonly settleMin?: number;
  readonly verifyWithinMin?: number;
}

/** Actions that need no parameters. */
export const noParams = z.strictObject({});
export const noDefaults = (): Record<string, never> => ({});

/**
 * One entry of the catalogue. Settling and verifying times default to what most services need: two minutes
 * until the metrics can show an effect, fifteen until it counts as not having worked.
 */
export function defineAction<P extends Params>(definition: Definition<P>): ActionFacts {
  const { name, title, risk, reversibility, targetKinds, params, iam } = definition;
  return {
    name,
    title,
    risk,
    reversibility,
    targetKinds,
    params,
    iam,
    defaults: definition.defaults,
    blastRadius: (target, given) => definition.blastRadius(target, params.parse(given)),
    timeoutMs: (definition.timeoutMin ?? 5) * MINUTE_MS,
    settleMs: (definition.settleMin ?? 2) * MINUTE_MS,
    verifyWithinMs: (definition.verifyWithinMin ?? 15) * MINUTE_MS,
  };
}
