import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { asked, changedSince, compare, type Doing, paramsOf, refuse, type Target, tooMuch } from './doing.ts';

const PARAMS = z.strictObject({ concurrency: z.number().int().min(1).max(1000) });
const NONE = 'none'; // no share of its own: the function takes from the account's common one
const LEFT_TO_OTHERS = 100; // Lambda wants so many left unreserved

export const raiseConcurrency: Doing = {
  name: 'raise_concurrency',
  kinds: ['lambda'],
  async prepare(target, params, signal) {
    const { concurrency } = paramsOf(PARAMS, params, target);
    const before = await reserved(target, signal);
    const free = await unreserved(target, signal);
    const more = concurrency - (before === NONE ? 0 : Number(before));
    return {
      summary: { reserved: before, free_in_account: String(free) },
      relies: [before],
      refusal:
        before === NONE
          ? refuse(`${target.name} has no limit of its own; it takes from the ${free} that the account shares.`)
          : more <= 0
            ? refuse(`${target.name} may run ${before} times at once already.`)
            : free - more < LEFT_TO_OTHERS
              ? tooMuch(
                  `The account has ${free} free; ${more} more for ${target.name} would leave under ${LEFT_TO_OTHERS} to all others.`,
                  'Ask for fewer, or raise the account limit.',
                )
              : null,
      effect: `Lets ${target.name} run ${concurrency} times at once instead of ${before}.`,
      before: { before, after: String(concurrency) },
      async act(_key, abort) {
        await reserve(target, String(concurrency), abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    return compare(await reserved(target, signal), receipt);
  },
  async undo(target, receipt, signal) {
    const now = await reserved(target, signal);
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The concurrency');
    await reserve(target, receipt['before'] ?? NONE, signal);
  },
};

async function reserved(target: Target, abortSignal: AbortSignal): Promise<string> {
  const answer = await asked(target, 'lambda:GetFunctionConcurrency', () =>
    target.scope.check.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: target.name }), { abortSignal }),
  );
  return String(answer.ReservedConcurrentExecutions ?? NONE);
}

async function unreserved(target: Target, abortSignal: AbortSignal): Promise<number> {
  const { AccountLimit } = await asked(target, 'lambda:GetAccountSettings', () =>
    target.scope.check.lambda.send(new GetAccountSettingsCommand({}), { abortSignal }),
  );
  return AccountLimit?.UnreservedConcurrentExecutions ?? 0;
}

async function reserve(target: Target, concurrency: string, abortSignal: AbortSignal): Promise<void> {
  const FunctionName = target.name;
  if (concurrency === NONE) {
    await asked(target, 'lambda:DeleteFunctionConcurrency', () =>
      target.scope.act.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }), { abortSignal }),
    );
    return;
  }
  await asked(target, 'lambda:PutFunctionConcurrency', () =>
    target.scope.act.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: Number(concurrency) }), { abortSignal }),
  );
}
