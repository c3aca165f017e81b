import { tagsOf } from '../inventory/part.ts';
import { type Doing, type Prepared, refuse, type Target } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';
import { newestDeployment, serviceOf, serviceRelies, serviceSummary, updateService } from './ecs.ts';
import { functionHappened, restartFunction } from './restart-function.ts';
import { runShell, shellHappened } from './shell.ts';

const UNIT_TAG = 'opsloop:unit'; // which systemd unit of an instance is its service
const UNIT = /^[A-Za-z0-9@_.-]{1,100}$/;

/** ECS: a new deployment of the same revision. EC2: the systemd unit that the instance's tag names, over SSM. Lambda: new environments. */
export const restartService: Doing = {
  name: 'restart_service',
  kinds: ['ecs', 'ec2', 'lambda'],
  prepare(target, _params, signal) {
    if (target.resource.kind === 'lambda') return restartFunction(target, signal);
    return target.resource.kind === 'ecs' ? service(target, signal) : unit(target, signal);
  },
  async happened(target, receipt, signal) {
    if (target.resource.kind === 'lambda') return await functionHappened(target, receipt, signal);
    if (target.resource.kind === 'ec2') return await shellHappened(target, target.name, receipt, signal);
    return newestDeployment(await serviceOf(target, signal)) === receipt['before'] ? 'no' : 'yes';
  },
  undo: null,
};

async function service(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await serviceOf(target, signal);
  return {
    summary: serviceSummary(now),
    relies: serviceRelies(now),
    refusal: (now.desiredCount ?? 0) === 0 ? refuse(`${target.name} runs no tasks; there is nothing to restart.`) : null,
    effect: `Replaces the ${now.desiredCount} tasks of ${target.name} one after another, by the same release.`,
    before: { before: newestDeployment(now) },
    act: async (_key, abort) => ({ deployment: newestDeployment((await updateService(target, { forceNewDeployment: true }, abort)) ?? {}) }),
  };
}

async function unit(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await instanceOf(target, signal);
  const name = tagsOf(now.Tags)[UNIT_TAG] ?? '';
  return {
    summary: { ...instanceSummary(now), unit: name || 'none' },
    relies: [instanceRelies(now), name],
    refusal: UNIT.test(name) ? null : refuse(`${target.name} does not say which unit is its service.`, `Tag it ${UNIT_TAG}=<systemd unit>.`),
    effect: `Restarts the unit ${name} on ${target.name}.`,
    before: {},
    group: instanceGroup(target, now),
    act: (key, abort) => runShell(target, target.name, [`systemctl restart -- '${name}'`], key, abort),
  };
}
