import { DescribeServicesCommand, type Service, UpdateServiceCommand, type UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { asked, missing, type Target } from './doing.ts';

const split = (target: Target): { cluster: string; service: string } => {
  const at = target.name.indexOf('/');
  return { cluster: target.name.slice(0, at), service: target.name.slice(at + 1) };
};

/** An ECS service as it is now. */
export async function serviceOf(target: Target, abortSignal: AbortSignal): Promise<Service> {
  const { cluster, service } = split(target);
  const { services } = await asked(target, 'ecs:DescribeServices', () =>
    target.scope.check.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }), { abortSignal }),
  );
  const found = services?.find((one) => one.status !== 'INACTIVE');
  if (found === undefined) throw missing(target);
  return found;
}

export async function updateService(
  target: Target,
  change: Omit<UpdateServiceCommandInput, 'cluster' | 'service'>,
  abortSignal: AbortSignal,
): Promise<Service | undefined> {
  const answer = await asked(target, 'ecs:UpdateService', () =>
    target.scope.act.ecs.send(new UpdateServiceCommand({ ...split(target), ...change }), { abortSignal }),
  );
  return answer.service;
}

/** `arn:…:task-definition/checkout:7` → `checkout:7`. */
export const revisionOf = (arn: string | undefined): string => arn?.split('/').at(-1) ?? 'unknown';

export const newestDeployment = (service: Service): string => service.deployments?.find((one) => one.status === 'PRIMARY')?.id ?? 'none';

export const serviceSummary = (service: Service): Record<string, string> => ({
  state: (service.status ?? 'unknown').toLowerCase(),
  tasks: `${service.runningCount ?? 0} of ${service.desiredCount ?? 0}`,
  release: revisionOf(service.taskDefinition),
});

export const serviceRelies = (service: Service): unknown => [service.status, service.desiredCount, service.taskDefinition];
