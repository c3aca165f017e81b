import { type DeploymentState, type DeploymentSummary, ListDeploymentsCommand, StartDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import type { Receipt } from '../../domain/ports.ts';
import { isAt } from '../scope.ts';
import type { AppConfigProfile } from '../settings.ts';
import { asked, changedSince, type Happened, missing, type Prepared, refuse, type Target } from './doing.ts';

const MOVING = new Set<DeploymentState>(['DEPLOYING', 'VALIDATING', 'BAKING']);
const TAKEN_BACK = new Set<DeploymentState>(['ROLLING_BACK', 'ROLLED_BACK', 'REVERTED']);
const AT_ONCE = 'AppConfig.AllAtOnce'; // a strategy that every account has
const MOST_PAGES = 10; // of 50 deployments

/** The profile of the config that a target stands for; null when it is a parameter. */
export const profileOf = ({ settings, scope, resource }: Target): AppConfigProfile | null =>
  settings.appconfig.find((one) => one.name === resource.name && isAt(one, scope)) ?? null;

/** AppConfig: a deployment that still runs is stopped, which takes it back; after a finished one the version before is deployed. */
export async function revertProfile(target: Target, profile: AppConfigProfile, signal: AbortSignal): Promise<Prepared> {
  const all = await deployments(target, profile, signal);
  const { current, earlier } = placeOf(all);
  const moving = current !== undefined && MOVING.has(current.State ?? 'COMPLETE');
  const [version, goal] = [current?.ConfigurationVersion ?? '', earlier?.ConfigurationVersion ?? ''];
  return {
    summary: {
      version: current?.VersionLabel ?? (version || 'none'),
      state: (current?.State ?? 'unknown').toLowerCase(),
      changed: current?.StartedAt?.toISOString() ?? 'unknown',
      earlier: earlier?.VersionLabel ?? (goal || 'none'),
    },
    relies: [newest(all), version, current?.State, goal],
    refusal:
      current === undefined
        ? missing(target)
        : TAKEN_BACK.has(all[0]?.State ?? 'COMPLETE')
          ? refuse(`The last deployment of ${target.name} was taken back already.`)
          : earlier === undefined
            ? refuse(`${target.name} had no other version before ${version}.`)
            : null,
    effect: moving
      ? `Stops the deployment of version ${version} of ${target.name}; AppConfig goes back to version ${goal}.`
      : `Deploys version ${goal} of ${target.name} again, at once, instead of ${version}.`,
    before: { before: version, after: goal, latest: newest(all), ...(moving ? { stopped: newest(all) } : {}) },
    async act(_key, abort) {
      if (!moving) return { deployment: await deploy(target, profile, goal, abort) };
      await asked(target, 'appconfig:StopDeployment', () =>
        target.scope.act.appConfig.send(new StopDeploymentCommand({ ...idsOf(profile), DeploymentNumber: Number(newest(all)), AllowRevert: true }), {
          abortSignal: abort,
        }),
      );
      return {};
    },
  };
}

/** A later deployment, or the running one taken back. */
export async function profileHappened(target: Target, profile: AppConfigProfile, receipt: Receipt, signal: AbortSignal): Promise<Happened> {
  const all = await deployments(target, profile, signal);
  if (receipt['stopped'] !== undefined) {
    const one = all.find((deployment) => String(deployment.DeploymentNumber) === receipt['stopped']);
    return TAKEN_BACK.has(one?.State ?? 'COMPLETE') ? 'yes' : 'no';
  }
  if (newest(all) === receipt['latest']) return 'no';
  return all[0]?.ConfigurationVersion === receipt['after'] ? 'yes' : 'unknown';
}

/** Deploys the version again that was taken back, when nobody has deployed anything since. */
export async function undoProfile(target: Target, profile: AppConfigProfile, receipt: Receipt, signal: AbortSignal): Promise<void> {
  const all = await deployments(target, profile, signal);
  const expected = receipt['stopped'] ?? receipt['deployment'] ?? '';
  const now = placeOf(all).current?.ConfigurationVersion;
  if (now === receipt['before']) return;
  if (newest(all) !== expected || now !== receipt['after']) throw changedSince(target, 'The configuration');
  await deploy(target, profile, receipt['before'] ?? '', signal);
}

/** What serves now, and the last other version that served before it; the newest deployment comes first. */
function placeOf(all: readonly DeploymentSummary[]): { current: DeploymentSummary | undefined; earlier: DeploymentSummary | undefined } {
  const standing = all.filter((one) => !TAKEN_BACK.has(one.State ?? 'COMPLETE'));
  const [current, ...before] = standing;
  return { current, earlier: before.find((one) => one.State === 'COMPLETE' && one.ConfigurationVersion !== current?.ConfigurationVersion) };
}

const newest = (all: readonly DeploymentSummary[]): string => String(all[0]?.DeploymentNumber ?? 0);
const idsOf = ({ application, environment }: AppConfigProfile) => ({ ApplicationId: application, EnvironmentId: environment });

async function deployments(target: Target, profile: AppConfigProfile, abortSignal: AbortSignal): Promise<DeploymentSummary[]> {
  const all: DeploymentSummary[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await asked(target, 'appconfig:ListDeployments', () =>
      target.scope.check.appConfig.send(new ListDeploymentsCommand({ ...idsOf(profile), MaxResults: 50, NextToken }), { abortSignal }),
    );
    all.push(...(answer.Items ?? []).filter((one) => one.ConfigurationProfileId === profile.profile));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return all.sort((a, b) => (b.DeploymentNumber ?? 0) - (a.DeploymentNumber ?? 0));
}

/** AppConfig refuses while another deployment of the environment runs. */
async function deploy(target: Target, profile: AppConfigProfile, version: string, abortSignal: AbortSignal): Promise<string> {
  const answer = await asked(target, 'appconfig:StartDeployment', () =>
    target.scope.act.appConfig.send(
      new StartDeploymentCommand({
        ...idsOf(profile),
        ConfigurationProfileId: profile.profile,
        ConfigurationVersion: version,
        DeploymentStrategyId: AT_ONCE,
        Description: 'opsloop: revert_config',
      }),
      { abortSignal },
    ),
  );
  return String(answer.DeploymentNumber ?? '');
}
