import { z } from 'zod';
import type { Change } from '../../domain/signals.ts';
import { appConfigId, balancerId, clusterDbId, ecsId, lastPart } from '../names.ts';
import { kindOfCall } from './kinds.ts';

/** The parts of a CloudTrail record that are used; anything else may be there. */
const RecordSchema = z.object({
  eventID: z.string().min(1).max(200),
  eventTime: z.string(),
  eventName: z.string().min(1).max(200),
  eventSource: z.string().max(200).default(''),
  readOnly: z.boolean().optional(),
  errorCode: z.string().optional(),
  userIdentity: z
    .object({ arn: z.string().optional(), userName: z.string().optional(), type: z.string().optional(), invokedBy: z.string().optional() })
    .nullish(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
  responseElements: z.record(z.string(), z.unknown()).nullish(),
  sourceIPAddress: z.string().optional(),
});
type CloudTrailRecord = z.infer<typeof RecordSchema>;

/**
 * A CloudTrail record as a change; `null` for reads, refused calls and calls that change nothing worth telling, `undefined` when
 * it is no record at all. `known` gives the id under which a resource is known.
 */
export function changeOfRecord(raw: unknown, known: (plainId: string) => string): Change | null | undefined {
  const parsed = RecordSchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const record = parsed.data;
  const timestampMs = Date.parse(record.eventTime);
  if (!Number.isFinite(timestampMs)) return undefined;
  if (record.readOnly === true || record.errorCode !== undefined) return null;
  const parameters = record.requestParameters ?? {};
  const kind = kindOfCall(record.eventName, parameters);
  if (kind === null) return null;
  const plain = targetOf(record.eventName, parameters);
  const resourceId = plain === null ? null : known(plain);
  return {
    id: record.eventID,
    timestampMs,
    kind,
    source: 'cloudtrail',
    actor: (record.userIdentity?.arn ?? record.userIdentity?.userName ?? record.userIdentity?.invokedBy ?? 'unknown').slice(0, 300),
    resourceId,
    summary: `${record.eventName}${resourceId === null ? '' : ` ${resourceId}`}`.slice(0, 1000),
    details: detailsOf(record),
  };
}

const DETAILS_MOST = 12;
const SECRET = /password|secret|token|credential|value$/i;

/** A few plain parameters; nothing that could be a secret. */
function detailsOf(record: CloudTrailRecord): Record<string, string> {
  const details: Record<string, string> = { eventName: record.eventName, eventSource: record.eventSource };
  if (record.sourceIPAddress !== undefined) details['from'] = record.sourceIPAddress.slice(0, 200);
  for (const [name, value] of Object.entries(record.requestParameters ?? {})) {
    if (Object.keys(details).length >= DETAILS_MOST) break;
    if (['string', 'number', 'boolean'].includes(typeof value) && !SECRET.test(name)) details[name.slice(0, 100)] = String(value).slice(0, 500);
  }
  return details;
}

const TARGETS: readonly (readonly [parameter: string, kind: string])[] = [
  ['functionName', 'lambda'],
  ['dBInstanceIdentifier', 'rds'],
  ['autoScalingGroupName', 'asg'],
  ['tableName', 'dynamodb'],
  ['replicationGroupId', 'elasticache'],
  ['cacheClusterId', 'elasticache'],
  ['instanceId', 'ec2'],
  ['groupId', 'vpc'],
  ['volumeId', 'ebs'],
  ['userName', 'iam'],
  ['roleName', 'iam'],
  ['bucketName', 's3'],
  ['queueName', 'sqs'],
];

/** What a call was about, by the parameters that AWS's services use. */
function targetOf(eventName: string, parameters: Readonly<Record<string, unknown>>): string | null {
  const text = (name: string): string | null => (typeof parameters[name] === 'string' && parameters[name] !== '' ? parameters[name] : null);
  const service = text('service') ?? text('serviceName');
  if (service !== null && eventName.includes('Service')) return ecsId(text('cluster') ?? 'default', lastPart(service));
  const either = (name: string): string | null => text(name) ?? text(name.charAt(0).toLowerCase() + name.slice(1));
  const [application, environment, profile] = [either('ApplicationId'), either('EnvironmentId'), either('ConfigurationProfileId')];
  if (application !== null && environment !== null && profile !== null) return appConfigId({ application, environment, profile });
  const balancer = text('loadBalancerArn');
  if (balancer !== null) return balancerId(balancer);
  for (const [name, kind] of TARGETS) {
    const value = text(name);
    if (value !== null) return `${kind}/${lastPart(kind === 'lambda' ? value.replace(/^.*:function:([^:]+).*$/, '$1') : value)}`;
  }
  const cluster = text('dBClusterIdentifier');
  if (cluster !== null) return clusterDbId(cluster);
  const parameter = /Parameter/.test(eventName) ? text('name') : null;
  if (parameter !== null) return `config/${parameter.replace(/^\//, '')}`;
  return firstInstance(parameters['instancesSet']);
}

function firstInstance(set: unknown): string | null {
  const items = (set as { items?: readonly { instanceId?: unknown }[] } | undefined)?.items;
  const id = Array.isArray(items) ? (items[0] as { instanceId?: unknown } | undefined)?.instanceId : undefined;
  return typeof id === 'string' ? `ec2/${id}` : null;
}
