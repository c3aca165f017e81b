/**
 * What an AWS name is called here: `<kind>/<name>`, as people type it. The same for dimensions, event parameters and
 * descriptions, so that a metric, a change and a log line of one resource meet.
 */
type Dimensions = Readonly<Record<string, string>>;

/** `app/shop/50dc6c495c0c9188` → `alb/shop`; `net/…` → `nlb/…`. */
export function balancerId(name: string): string {
  const [type, label] = name.replace(/^.*loadbalancer\//, '').split('/');
  return `${type === 'net' ? 'nlb' : 'alb'}/${label ?? name}`;
}

export const ecsId = (cluster: string, service: string): string => `ecs/${lastPart(cluster)}/${service}`;
/** An AppConfig profile in an environment, as CloudTrail names it; the config gives it a better name. */
export const appConfigId = (ids: { readonly application: string; readonly environment: string; readonly profile: string }): string =>
  `appconfig/${ids.application}/${ids.environment}/${ids.profile}`;
export const clusterDbId = (cluster: string): string => `rds/cluster/${cluster}`;

/** The part after the last slash or colon of an ARN. */
export const lastPart = (arn: string): string => arn.split(/[/:]/).at(-1) ?? arn;

const SINGLE: readonly (readonly [dimension: string, kind: string])[] = [
  ['InstanceId', 'ec2'],
  ['DBInstanceIdentifier', 'rds'],
  ['FunctionName', 'lambda'],
  ['TableName', 'dynamodb'],
  ['QueueName', 'sqs'],
  ['CacheClusterId', 'elasticache'],
  ['VolumeId', 'ebs'],
  ['AutoScalingGroupName', 'asg'],
  ['NatGatewayId', 'nat'],
  ['ApiName', 'apigateway'],
  ['StreamName', 'kinesis'],
  ['BucketName', 's3'],
  ['TopicName', 'sns'],
  ['CertificateArn', 'acm'],
];

/** The resource that a metric speaks of, or null when its dimensions name none. */
export function idOfDimensions(dimensions: Dimensions): string | null {
  const { ClusterName, ServiceName, LoadBalancer, DBClusterIdentifier } = dimensions;
  if (ClusterName !== undefined && ServiceName !== undefined) return ecsId(ClusterName, ServiceName);
  if (LoadBalancer !== undefined) return balancerId(LoadBalancer);
  for (const [dimension, kind] of SINGLE) {
    const value = dimensions[dimension];
    if (value !== undefined) return `${kind}/${kind === 'acm' ? lastPart(value) : value}`;
  }
  return DBClusterIdentifier === undefined ? null : clusterDbId(DBClusterIdentifier);
}

/** The resource that writes to a log group, where the name says it. */
export function idOfLogGroup(group: string): string | null {
  const lambda = /^\/aws\/lambda\/([\w-]+)$/.exec(group);
  if (lambda?.[1] !== undefined) return `lambda/${lambda[1]}`;
  const database = /^\/aws\/rds\/(instance|cluster)\/([\w-]+)\//.exec(group);
  if (database?.[2] === undefined) return null;
  return database[1] === 'cluster' ? clusterDbId(database[2]) : `rds/${database[2]}`;
}

const ARNS: readonly (readonly [RegExp, string])[] = [
  [/:lambda:[^:]*:\d*:function:([\w-]+)/, 'lambda'],
  [/:dynamodb:[^:]*:\d*:table\/([\w.-]+)/, 'dynamodb'],
  [/:sqs:[^:]*:\d*:([\w.-]+)$/, 'sqs'],
  [/:elasticache:[^:]*:\d*:(?:cluster|replicationgroup):([\w-]+)$/, 'elasticache'],
];

/** The resource of an ARN, for the kinds whose tags are read by ARN; null for any other. */
export function idOfArn(arn: string): string | null {
  if (/:loadbalancer\/(app|net)\//.test(arn)) return balancerId(arn);
  for (const [pattern, kind] of ARNS) {
    const name = pattern.exec(arn)?.[1];
    if (name !== undefined) return `${kind}/${name}`;
  }
  return null;
}
