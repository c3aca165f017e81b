import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { SelectResourceConfigCommand } from '@aws-sdk/client-config-service';
import { toOpsError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';
import { calling } from '../errors.ts';
import { Inventory } from '../inventory/inventory.ts';
import { type Group, groupsAt } from '../logs/source.ts';
import { discover } from '../metrics/discover.ts';
import { OBSERVE_ACTIONS } from '../policies.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { allow, type Check, check } from './check.ts';

type Probe = readonly [api: string, call: () => Promise<unknown>];

/** The smallest harmless call for each source that the inventory does not already ask. */
export async function checkReading(scope: Scope, settings: AwsSettings, abortSignal: AbortSignal): Promise<Check[]> {
  const { read } = scope;
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - 60_000);
  const Metric = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' };
  const MetricDataQueries = [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Average' } }];
  const probes: Probe[] = [
    ['cloudwatch:GetMetricData', () => read.cloudWatch.send(new GetMetricDataCommand({ StartTime, EndTime, MetricDataQueries }), { abortSignal })],
    ['cloudwatch:DescribeAlarms', () => read.cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }), { abortSignal })],
  ];
  if (settings.cloudtrail) probes.push(['cloudtrail:LookupEvents', () => read.cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 }), { abortSignal })]);
  if (settings.config_history) {
    const select = new SelectResourceConfigCommand({ Expression: 'SELECT resourceId', Limit: 1 });
    probes.push(['config:SelectResourceConfig', () => read.config.send(select, { abortSignal })]);
  }
  const groups = groupsAt(scope, settings);
  return await Promise.all([
    ...probes.map(([api, call]) => check(`${api} ${scope.label}`, allow(api), () => calling(scope, api, call).then(() => 'allowed'))),
    ...groups.map((group) => checkGroup(scope, group, StartTime.getTime(), abortSignal)),
  ]);
}

/** A group that the config names for no place in particular need not be in this one. */
async function checkGroup(scope: Scope, group: Group, startTime: number, abortSignal: AbortSignal): Promise<Check> {
  const api = 'logs:FilterLogEvents';
  const command = new FilterLogEventsCommand({ logGroupName: group.name, limit: 1, startTime });
  const name = `log group ${group.name} ${scope.label}`;
  try {
    await calling(scope, api, () => scope.read.logs.send(command, { abortSignal }));
    return { name, state: 'ok', detail: 'can be read', fix: null };
  } catch (thrown) {
    const error = toOpsError(thrown);
    if (error.code !== 'not_found') return { name, state: 'fail', detail: error.message, fix: error.code === 'forbidden' ? allow(api) : error.hint };
    if (group.mayBeElsewhere) return { name, state: 'ok', detail: 'is not here', fix: null };
    return { name, state: 'fail', detail: error.message, fix: 'Correct aws.logs: the name, or the account and region where it is.' };
  }
}

/** Resources and metrics as they would be read; `metrics` is how many. */
export async function checkInventory(
  scope: Scope,
  settings: AwsSettings,
  clock: Clock,
  isFirstRegion: boolean,
  signal: AbortSignal,
): Promise<{ readonly checks: Check[]; readonly metrics: number }> {
  const inventory = new Inventory(scope, settings, clock, isFirstRegion);
  let metrics = 0;
  const resources = await check(`resources ${scope.label}`, '', async () => `${(await inventory.topology(signal)).resources.length} found`);
  const listed = await check(`metrics ${scope.label}`, allow('cloudwatch:ListMetrics'), async () => {
    const { wanted, left } = await discover(scope, inventory, settings, signal);
    metrics = wanted.length;
    return left === 0 ? `${metrics} to read` : `${metrics} to read, ${left} over the cap (aws.metrics.most)`;
  });
  const gaps = inventory
    .gaps()
    .map((gap): Check => ({ name: `resources ${scope.label}`, state: 'warn', detail: gap, fix: 'See deploy/policies/observe.json.' }));
  return { checks: [resources, ...gaps, listed], metrics };
}

/** Of all that observing takes, what this config uses. */
export function observedActions(scope: Scope, settings: AwsSettings): string[] {
  const unused = [
    ...(settings.cloudtrail ? [] : ['cloudtrail:']),
    ...(settings.config_history ? [] : ['config:']),
    ...(groupsAt(scope, settings).length > 0 ? [] : ['logs:']),
  ];
  return OBSERVE_ACTIONS.filter((action) => !unused.some((prefix) => action.startsWith(prefix)));
}
