import { z } from 'zod';
import type { Alarm, Change } from '../../domain/signals.ts';
import { changeOfRecord } from '../changes/record.ts';
import { balancerId, ecsId, lastPart } from '../names.ts';
import { alarmOfEvent, alarmOfSns } from './alarm.ts';

/** What one queue message turned out to be. `nothing`: understood, and of no interest; `unknown`: left for the dead-letter queue. */
export type Told =
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

const UNKNOWN: Told = { kind: 'unknown' };
const NOTHING: Told = { kind: 'nothing' };

const EventSchema = z.object({
  id: z.string().min(1).max(200),
  'detail-type': z.string(),
  source: z.string().max(100),
  time: z.string(),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()).default({}),
});
type Event = z.infer<typeof EventSchema>;

/** Reads one message of the queue: an EventBridge event, or an SNS envelope around an alarm or an event. Never throws. */
export function readMessage(body: string, known: (plainId: string) => string): Told {
  const outer = parseJson(body);
  const inner = isRecord(outer) && outer['Type'] === 'Notification' && typeof outer['Message'] === 'string' ? parseJson(outer['Message']) : outer;
  if (!isRecord(inner)) return UNKNOWN;
  if ('AlarmName' in inner) return alarmOr(alarmOfSns(inner, known));
  const event = EventSchema.safeParse(inner);
  if (!event.success) return UNKNOWN;
  const type = event.data['detail-type'];
  if (type === 'CloudWatch Alarm State Change') return alarmOr(alarmOfEvent(inner, known));
  if (type.startsWith('AWS API Call via CloudTrail')) {
    const change = changeOfRecord(event.data.detail, known);
    return change === undefined ? UNKNOWN : change === null ? NOTHING : { kind: 'change', change };
  }
  return changeOf(event.data, known);
}

const alarmOr = (alarm: Alarm | null): Told => (alarm === null ? UNKNOWN : { kind: 'alarm', alarm });

/** Service events that say that something changed, by their detail-type. */
const TYPES: readonly (readonly [RegExp, Change['kind']])[] = [
  [/^ECS Deployment State Change|^CodeDeploy|^CodePipeline/, 'deploy'],
  [/^ECS Service Action|Auto ?Scaling|^EC2 Instance (Launch|Terminate)/, 'scale'],
  [/^Config|^Parameter Store Change|^Secrets/, 'config'],
  [/^GuardDuty|^AWS Console Sign In/, 'access'],
  [/^EC2 Instance State-change|^RDS DB|^AWS Health|^EBS|^ElastiCache/, 'infrastructure'],
];

function changeOf(event: Event, known: (plainId: string) => string): Told {
  const type = event['detail-type'];
  const kind = TYPES.find(([pattern]) => pattern.test(type))?.[1];
  const timestampMs = Date.parse(event.time);
  if (kind === undefined || !Number.isFinite(timestampMs)) return UNKNOWN;
  const plain = resourceOf(event);
  const resourceId = plain === null ? null : known(plain);
  const said = ['eventName', 'state', 'Message', 'reason', 'StatusCode', 'operation'].flatMap((name) => {
    const value = event.detail[name];
    return typeof value === 'string' ? [value] : [];
  });
  return {
    kind: 'change',
    change: {
      id: event.id,
      timestampMs,
      kind,
      source: 'eventbridge',
      actor: event.source,
      resourceId,
      summary: `${type}${resourceId === null ? '' : ` ${resourceId}`}${said[0] === undefined ? '' : `: ${said.join(', ')}`}`.slice(0, 1000),
      details: Object.fromEntries(said.slice(0, 4).map((value, at) => [`said${at + 1}`, value.slice(0, 2000)])),
    },
  };
}

function resourceOf({ resources, detail }: Event): string | null {
  const instance = detail['instance-id'] ?? detail['EC2InstanceId'];
  if (typeof instance === 'string') return `ec2/${instance}`;
  const [arn] = resources;
  if (arn === undefined) return typeof detail['name'] === 'string' ? `config/${detail['name'].replace(/^\//, '')}` : null;
  const service = /:service\/([^/]+)\/([^/]+)$/.exec(arn);
  if (service?.[1] !== undefined && service[2] !== undefined) return ecsId(service[1], service[2]);
  if (arn.includes(':loadbalancer/')) return balancerId(arn);
  const kind = [
    [':instance/', 'ec2'],
    [':volume/', 'ebs'],
    [':rds:', 'rds'],
    [':lambda:', 'lambda'],
    [':autoScalingGroup:', 'asg'],
    [':dynamodb:', 'dynamodb'],
  ].find(([mark]) => arn.includes(mark ?? ''))?.[1];
  return kind === undefined ? null : `${kind}/${lastPart(arn)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the caller counts it as unknown
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
