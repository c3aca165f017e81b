import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { GetAliasCommand, ListVersionsByFunctionCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { asked, changedSince, compare, type Doing, type Prepared, refuse, type Target } from './doing.ts';
import { revisionOf, serviceOf, serviceRelies, serviceSummary, updateService } from './ecs.ts';

/** ECS: the revision of the task definition before the one that runs. Lambda: the version before the one its alias points to. */
export const rollbackDeploy: Doing = {
  name: 'rollback_deploy',
  kinds: ['ecs', 'lambda'],
  prepare: (target, _params, signal) => (target.resource.kind === 'ecs' ? service(target, signal) : alias(target, signal)),
  async happened(target, receipt, signal) {
    return compare(await releaseOf(target, signal), receipt);
  },
  async undo(target, receipt, signal) {
    const now = await releaseOf(target, signal);
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The release');
    await release(target, receipt['before'] ?? '', undefined, signal);
  },
};

async function service(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await serviceOf(target, signal);
  const current = revisionOf(now.taskDefinition);
  const earlier = await revisionBefore(target, current, signal);
  return {
    summary: { ...serviceSummary(now), earlier: earlier ?? 'none' },
    relies: [serviceRelies(now), earlier],
    refusal: earlier === null ? refuse(`There is no active release of ${target.name} before ${current}.`) : null,
    effect: `Puts ${target.name} back from ${current} to ${earlier}.`,
    before: { before: current, after: earlier ?? '' },
    async act(_key, abort) {
      await release(target, earlier ?? '', undefined, abort);
      return {};
    },
  };
}

async function revisionBefore(target: Target, current: string, abortSignal: AbortSignal): Promise<string | null> {
  const [family = '', revision = ''] = current.split(':');
  const { taskDefinitionArns = [] } = await asked(target, 'ecs:ListTaskDefinitions', () =>
    target.scope.check.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'DESC', maxResults: 100 }), { abortSignal }),
  );
  const earlier = taskDefinitionArns
    .map(revisionOf)
    .filter((one) => one.startsWith(`${family}:`) && Number(one.split(':')[1]) < Number(revision))
    .sort((a, b) => Number(b.split(':')[1]) - Number(a.split(':')[1]));
  return earlier[0] ?? null;
}

async function alias(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await aliasOf(target, signal);
  const { Versions = [] } = await asked(target, 'lambda:ListVersionsByFunction', () =>
    target.scope.check.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: target.name }), { abortSignal: signal }),
  );
  const earlier = Versions.map((one) => Number(one.Version))
    .filter((version) => version < Number(now.version))
    .sort((a, b) => b - a)[0];
  return {
    summary: { alias: target.settings.lambda_alias, release: now.version, earlier: String(earlier ?? 'none') },
    relies: [now.version, earlier],
    refusal: earlier === undefined ? refuse(`${target.name} has no published version before ${now.version}.`) : null,
    effect: `Points ${target.settings.lambda_alias} of ${target.name} back from version ${now.version} to ${earlier}.`,
    before: { before: now.version, after: String(earlier ?? '') },
    async act(_key, abort) {
      // Lambda itself refuses when somebody moved the alias since it was read.
      await release(target, String(earlier), now.revisionId, abort);
      return {};
    },
  };
}

async function aliasOf(target: Target, abortSignal: AbortSignal): Promise<{ version: string; revisionId: string | undefined }> {
  const found = await asked(target, 'lambda:GetAlias', () =>
    target.scope.check.lambda.send(new GetAliasCommand({ FunctionName: target.name, Name: target.settings.lambda_alias }), { abortSignal }),
  );
  return { version: found.FunctionVersion ?? '', revisionId: found.RevisionId };
}

const releaseOf = async (target: Target, signal: AbortSignal): Promise<string> =>
  target.resource.kind === 'ecs' ? revisionOf((await serviceOf(target, signal)).taskDefinition) : (await aliasOf(target, signal)).version;

async function release(target: Target, version: string, revisionId: string | undefined, abortSignal: AbortSignal): Promise<void> {
  if (target.resource.kind === 'ecs') {
    await updateService(target, { taskDefinition: version }, abortSignal);
    return;
  }
  await asked(target, 'lambda:UpdateAlias', () =>
    target.scope.act.lambda.send(
      new UpdateAliasCommand({ FunctionName: target.name, Name: target.settings.lambda_alias, FunctionVersion: version, RevisionId: revisionId }),
      { abortSignal },
    ),
  );
}
