import type { Change } from '../../domain/signals.ts';

type Kind = Change['kind'];

/** What an API call means for the account, by its name. The first that fits counts; calls that only keep things going are null. */
const RULES: readonly (readonly [RegExp, Kind | null])[] = [
  [
    /^(CreateLogStream|CreateLogGroup|PutLogEvents|AssumeRole|GetSessionToken|Decrypt|GenerateDataKey|UpdateInstanceInformation|CreateNetworkInterface|SharedSnapshotVolumeCreated|ConsoleLogin)/,
    null,
  ],
  [
    /^(PutMetricData|SendCommand|StartQuery|StopQuery|CreateTags|DeleteTags|PutComplianceItems|PutInventory|OpenDataChannel|OpenControlChannel|RegisterManagedInstance)/,
    null,
  ],
  [
    /(AccessKey|LoginProfile|User|Role|Policy|SecurityGroup|Ingress|Egress|NetworkAcl|Grant|KeyPolicy|BucketAcl|PublicAccessBlock|MFADevice|Trail|StopLogging)/,
    'access',
  ],
  [
    /^(RegisterTaskDefinition|UpdateFunctionCode|PublishVersion|UpdateAlias|CreateDeployment|ExecuteChangeSet|UpdateStack|CreateStack|StartPipelineExecution|PutImage|StartInstanceRefresh|RunTask)/,
    'deploy',
  ],
  [/(DesiredCapacity|ScalingPolicy|ScalableTarget|FunctionConcurrency|ProvisionedConcurrency|ModifyReplicationGroupShard)/, 'scale'],
  [
    /(Parameter|Configuration|Attribute|Setting|Secret|FeatureFlag|Rule|Listener|Alarm|LaunchTemplate|Endpoint|Encryption|Lifecycle|Versioning|Flags)/,
    'config',
  ],
  [
    /^(Create|Delete|Run|Terminate|Start|Stop|Reboot|Modify|Update|Failover|Attach|Detach|Associate|Disassociate|Replace|Restore|Release|Allocate|Put|Set|Register|Deregister)/,
    'infrastructure',
  ],
];

/** How a call changes the account; null for calls that nobody would call a change. `parameters` settle the ambiguous ones. */
export function kindOfCall(eventName: string, parameters: Readonly<Record<string, unknown>> = {}): Kind | null {
  if (eventName === 'UpdateService') return 'taskDefinition' in parameters ? 'deploy' : 'desiredCount' in parameters ? 'scale' : 'deploy';
  if (eventName === 'StartDeployment') return 'config'; // AppConfig
  if (eventName.startsWith('UpdateFunctionCode')) return 'deploy';
  if (eventName.startsWith('UpdateFunctionConfiguration')) return 'config';
  if (eventName === 'UpdateTable') return 'provisionedThroughput' in parameters ? 'scale' : 'config';
  if (eventName === 'ModifyDBInstance') return 'dBInstanceClass' in parameters || 'allocatedStorage' in parameters ? 'scale' : 'config';
  const rule = RULES.find(([pattern]) => pattern.test(eventName));
  return rule === undefined ? null : rule[1];
}
