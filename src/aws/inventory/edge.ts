import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListUsersCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Dependency } from '../../domain/resource.ts';
import { balancerId, lastPart } from '../names.ts';
import { inParallel } from '../pace.ts';
import { targetGroupName } from './compute.ts';
import { type PartReader, pages } from './part.ts';

const HEALTH_CALLS_AT_ONCE = 4;
const MOST_TARGET_GROUPS = 200;

export const balancers: PartReader = {
  name: 'load balancers',
  api: 'elasticloadbalancing:DescribeLoadBalancers',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.elb.send(new DescribeLoadBalancersCommand({ Marker: token }), { abortSignal });
      return { items: page.LoadBalancers, token: page.NextMarker };
    });
    const groups = await pages(async (token) => {
      const page = await read.elb.send(new DescribeTargetGroupsCommand({ Marker: token }), { abortSignal });
      return { items: page.TargetGroups, token: page.NextMarker };
    });
    const targets = await inParallel(groups.slice(0, MOST_TARGET_GROUPS), HEALTH_CALLS_AT_ONCE, async ({ TargetGroupArn, TargetType }) => {
      if (TargetType !== 'instance' && TargetType !== 'lambda') return [];
      const { TargetHealthDescriptions } = await read.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }), { abortSignal });
      const kind = TargetType === 'lambda' ? 'lambda' : 'ec2';
      return (TargetHealthDescriptions ?? []).flatMap((one) => (one.Target?.Id === undefined ? [] : [`${kind}/${lastPart(one.Target.Id)}`]));
    });
    const dependencies: Dependency[] = groups.flatMap((group, index) =>
      (group.LoadBalancerArns ?? []).flatMap((arn) => {
        const from = naming.id(balancerId(arn));
        // A target group of an ECS service is known by its alias; the inventory puts the service in its place.
        const to = [`tg/${targetGroupName(group.TargetGroupArn ?? '')}`, ...(targets[index] ?? [])];
        return to.map((id) => ({ from, to: naming.id(id), kind: 'calls' as const }));
      }),
    );
    const resources = found.flatMap((one) =>
      one.LoadBalancerArn === undefined ? [] : [naming.resource(balancerId(one.LoadBalancerArn), one.LoadBalancerName ?? '')],
    );
    return { resources, dependencies };
  },
};

export const functions: PartReader = {
  name: 'lambda',
  api: 'lambda:ListFunctions',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.lambda.send(new ListFunctionsCommand({ Marker: token }), { abortSignal });
      return { items: page.Functions, token: page.NextMarker };
    });
    const mappings = await pages(async (token) => {
      const page = await read.lambda.send(new ListEventSourceMappingsCommand({ Marker: token }), { abortSignal });
      return { items: page.EventSourceMappings, token: page.NextMarker };
    });
    const dependencies: Dependency[] = mappings.flatMap(({ EventSourceArn, FunctionArn }) =>
      EventSourceArn?.includes(':sqs:') === true && FunctionArn !== undefined
        ? [{ from: naming.id(`sqs/${lastPart(EventSourceArn)}`), to: naming.id(`lambda/${functionName(FunctionArn)}`), kind: 'calls' as const }]
        : [],
    );
    return { resources: found.map(({ FunctionName = '' }) => naming.resource(`lambda/${FunctionName}`, FunctionName)), dependencies };
  },
};

/** The name in a function's ARN, which may end in an alias. */
const functionName = (arn: string): string => /:function:([^:]+)/.exec(arn)?.[1] ?? lastPart(arn);

export const users: PartReader = {
  name: 'iam',
  api: 'iam:ListUsers',
  perAccount: true,
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.iam.send(new ListUsersCommand({ Marker: token }), { abortSignal });
      return { items: page.Users, token: page.IsTruncated === true ? page.Marker : undefined };
    });
    return { resources: found.map(({ UserName = '' }) => naming.resource(`iam/${UserName}`, UserName)) };
  },
};
