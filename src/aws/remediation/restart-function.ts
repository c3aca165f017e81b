import { type FunctionConfiguration, GetAliasCommand, GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { OpsError } from '../../domain/errors.ts';
import type { Receipt } from '../../domain/ports.ts';
import { asked, type Happened, type Prepared, refuse, type Target } from './doing.ts';
import { until } from './until.ts';

const POLL_MS = 1000;
const NEWEST = '$LATEST';
const MOST_CHARACTERS = 256; // of a description

/**
 * A function is restarted by touching its configuration: Lambda then runs it in new environments. The description is written with
 * a mark and put back. What an alias points to, a published version, cannot be touched.
 */
export async function restartFunction(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await configuration(target, signal);
  const version = await aliasedVersion(target, signal);
  return {
    summary: { state: (now.State ?? 'unknown').toLowerCase(), changed: now.LastModified ?? 'unknown', serves: version },
    relies: [now.State, now.RevisionId, version],
    refusal:
      version !== NEWEST
        ? refuse(
            `${target.settings.lambda_alias} of ${target.name} is the published version ${version}; its environments cannot be restarted.`,
            'Publish it again, or use rollback_deploy.',
          )
        : now.State !== 'Active' || now.LastUpdateStatus === 'InProgress'
          ? refuse(`${target.name} is ${now.LastUpdateStatus === 'InProgress' ? 'being updated' : now.State?.toLowerCase()}; try again when it is active.`)
          : null,
    effect: `Runs ${target.name} in new environments; the first calls start cold.`,
    before: { before: now.LastModified ?? '' },
    act: (_key, abort) => touch(target, now, abort),
  };
}

/** Any later change of the configuration means that it was touched. */
export async function functionHappened(target: Target, receipt: Receipt, signal: AbortSignal): Promise<Happened> {
  return (await configuration(target, signal)).LastModified === receipt['before'] ? 'no' : 'yes';
}

async function touch(target: Target, now: FunctionConfiguration, signal: AbortSignal): Promise<Receipt> {
  const description = now.Description ?? '';
  const mark = ` (restarted ${new Date(target.nowMs).toISOString()})`;
  await describeAs(target, description.slice(0, MOST_CHARACTERS - mark.length) + mark, now.RevisionId, signal);
  try {
    await until(
      () => configuration(target, signal),
      ({ LastUpdateStatus }) => LastUpdateStatus !== 'InProgress',
      POLL_MS,
      signal,
    );
    await describeAs(target, description, undefined, signal);
    return { description: 'as it was' };
  } catch (thrown) {
    // It did restart: the first update was taken. Only the text is not back.
    throw new OpsError('unavailable', `${target.name} was restarted, but its description was not put back.`, 'Correct the description by hand.', {
      cause: thrown,
    });
  }
}

async function configuration(target: Target, abortSignal: AbortSignal): Promise<FunctionConfiguration> {
  return await asked(target, 'lambda:GetFunctionConfiguration', () =>
    target.scope.check.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: target.name }), { abortSignal }),
  );
}

/** The version that callers of the configured alias get; without such an alias they call the newest. */
async function aliasedVersion(target: Target, abortSignal: AbortSignal): Promise<string> {
  const found = await asked(target, 'lambda:GetAlias', () =>
    target.scope.check.lambda.send(new GetAliasCommand({ FunctionName: target.name, Name: target.settings.lambda_alias }), { abortSignal }),
  ).catch((thrown: unknown) => {
    if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
    throw thrown;
  });
  return found?.FunctionVersion ?? NEWEST;
}

async function describeAs(target: Target, Description: string, RevisionId: string | undefined, abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'lambda:UpdateFunctionConfiguration', () =>
    target.scope.act.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: target.name, Description, RevisionId }), { abortSignal }),
  );
}
