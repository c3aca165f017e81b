import { explain } from '../../domain/explanation.ts';
import { type Plan, stepOf } from '../../domain/plan.ts';
import type { Ops } from '../ops.ts';
import { finish } from './finish.ts';
import { stopCutOff } from './stopping.ts';
import { toVerifying } from './verifying.ts';

const LOOKUP_TIMEOUT_MS = 30_000;

/** `cutOff`: a pause is why. `calls`: ids of the calls that were made. */
interface Doubt {
  readonly cutOff?: boolean;
  readonly calls?: readonly string[];
}

/**
 * For a plan of which nobody knows whether it ran (a crash, a time-out, a pause that cut the call off): asks the target. It is never run
 * again.
 */
export async function resolveDoubt(ops: Ops, plan: Plan, { cutOff = false, calls = [] }: Doubt = {}): Promise<void> {
  const found = await ops.remediator.lookup(stepOf(plan), plan.idempotencyKey, AbortSignal.timeout(LOOKUP_TIMEOUT_MS)).catch((thrown: unknown) => {
    ops.log.warn({ plan: plan.id, err: thrown }, 'the target cannot say whether the action ran');
    return { found: 'unknown' as const, receipt: null };
  });
  if (found.found === 'yes') return await toVerifying(ops, plan, found.receipt ?? {}, calls);
  if (found.found === 'no' && cutOff) return await stopCutOff(ops, plan);
  if (found.found === 'no') {
    await finish(
      ops,
      plan,
      'failed',
      explain('plan.interrupted', '{plan} was interrupted before it reached {target}. Nothing was changed, and it is not run again by itself.', {
        plan: plan.id,
        target: plan.targetId,
      }),
      calls,
    );
    return;
  }
  await finish(
    ops,
    plan,
    'outcome_unknown',
    explain('plan.unknown', 'Nobody can say whether {plan} reached {target}. Please look at it; opsloop will not run it again.', {
      plan: plan.id,
      target: plan.targetId,
    }),
    calls,
  );
}
