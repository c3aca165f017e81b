import { GetKnowledgeBaseCommand } from '@aws-sdk/client-bedrock-agent';
import { RetrieveCommand } from '@aws-sdk/client-bedrock-agent-runtime';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { SelectResourceConfigCommand } from '@aws-sdk/client-config-service';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetBucketEncryptionCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { toOpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { S3Archive } from './archive.ts';
import { calling } from './errors.ts';
import { Inventory } from './inventory/inventory.ts';
import { discover } from './metrics/discover.ts';
import { type Scope, scopesOf } from './scope.ts';
import type { AwsAccountSettings, AwsSettings } from './settings.ts';

/** One thing that was looked at. `fix` is what to do, as text to copy. A `warn` does not stop a start. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string | null;
}

/** What the present config asks of AWS every minute. Prices change; the requests are what counts. */
export interface Estimate {
  readonly metrics: number;
  readonly getMetricDataCallsPerMin: number;
  readonly metricRequestsPerMonth: number;
}

const SKEW_MS = 60_000; // AWS refuses signatures from five minutes on
const QUERIES_A_CALL = 500;
const MINUTES_A_MONTH = 60 * 24 * 30;

/** Looks at everything AWS that the config names, with calls that change nothing (but one small object, written and removed). */
export async function checkAws(
  settings: AwsSettings,
  region: string,
  clock: Clock,
  actActions: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly checks: Check[]; readonly estimate: Estimate }> {
  const scopes = scopesOf(settings, region);
  const checks: Check[] = [];
  let metrics = 0;
  for (const [index, scope] of scopes.entries()) {
    const identity = await checkIdentity(scope, clock, signal);
    checks.push(...identity);
    if (identity.some((check) => check.state === 'fail')) continue;
    checks.push(...(await checkReading(scope, settings, signal)));
    const found = await checkInventory(scope, settings, clock, index === 0, signal);
    checks.push(...found.checks);
    metrics += found.metrics;
    const account = settings.accounts.find((one) => one.name === scope.account);
    checks.push(await checkActing(scope, account, actActions, signal));
  }
  const [home] = scopes;
  checks.push(...(await checkOwn(home, settings, signal)));
  for (const { read, check, act } of scopes) for (const clients of [read, check, act]) clients.destroy();
  const getMetricDataCallsPerMin = Math.ceil(metrics / QUERIES_A_CALL);
  return { checks, estimate: { metrics, getMetricDataCallsPerMin, metricRequestsPerMonth: metrics * MINUTES_A_MONTH } };
}

/** One call as one check: its error is the detail, its hint the fix. */
async function check(name: string, fix: string, call: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'ok', detail: await call(), fix: null };
  } catch (thrown) {
    const error = toOpsError(thrown);
    return { name, state: 'fail', detail: error.message, fix: fix || error.hint };
  }
}

const allow = (action: string): string => JSON.stringify({ Effect: 'Allow', Action: action, Resource: '*' });

async function checkIdentity(scope: Scope, clock: Clock, abortSignal: AbortSignal): Promise<Check[]> {
  let dateHeader = '';
  scope.read.sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      dateHeader = (result.response as { headers?: Record<string, string> }).headers?.['date'] ?? '';
      return result;
    },
    { step: 'deserialize', name: 'opsloopDate' },
  );
  const identity = await check(`identity ${scope.label}`, 'Give the process credentials, and let the role trust them (sts:AssumeRole).', async () => {
    const answer = await calling(scope, 'sts:GetCallerIdentity', () => scope.read.sts.send(new GetCallerIdentityCommand({}), { abortSignal }));
    return answer.Arn ?? 'unknown';
  });
  const skewMs = Math.abs(Date.parse(dateHeader) - clock.now());
  if (!Number.isFinite(skewMs)) return [identity];
  const detail = `${Math.round(skewMs / 1000)} s apart`;
  const clockCheck: Check =
    skewMs <= SKEW_MS
      ? { name: `clock ${scope.label}`, state: 'ok', detail, fix: null }
      : { name: `clock ${scope.label}`, state: 'fail', detail, fix: 'Set this machine to network time: timedatectl set-ntp true' };
  return [identity, clockCheck];
}

/** The smallest harmless call for each permission of reading that the inventory does not already need. */
async function checkReading(scope: Scope, settings: AwsSettings, abortSignal: AbortSignal): Promise<Check[]> {
  const { read } = scope;
  const now = new Date();
  const before = new Date(now.getTime() - 60_000);
  const probes: [api: string, call: () => Promise<unknown>][] = [
    [
      'cloudwatch:GetMetricData',
      () =>
        read.cloudWatch.send(
          new GetMetricDataCommand({
            StartTime: before,
            EndTime: now,
            MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' }, Period: 60, Stat: 'Average' } }],
          }),
          { abortSignal },
        ),
    ],
    ['cloudwatch:DescribeAlarms', () => read.cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }), { abortSignal })],
  ];
  if (settings.cloudtrail) probes.push(['cloudtrail:LookupEvents', () => read.cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 }), { abortSignal })]);
  if (settings.config_history)
    probes.push([
      'config:SelectResourceConfig',
      () => read.config.send(new SelectResourceConfigCommand({ Expression: 'SELECT resourceId', Limit: 1 }), { abortSignal }),
    ]);
  if (scope.suffix === '')
    for (const { group } of settings.logs)
      probes.push([
        'logs:FilterLogEvents',
        () => read.logs.send(new FilterLogEventsCommand({ logGroupName: group, limit: 1, startTime: before.getTime() }), { abortSignal }),
      ]);
  return await Promise.all(
    probes.map(([api, call]) =>
      check(`${api} ${scope.label}`, allow(api), async () => {
        await calling(scope, api, call);
        return 'allowed';
      }),
    ),
  );
}

async function checkInventory(
  scope: Scope,
  settings: AwsSettings,
  clock: Clock,
  isFirst: boolean,
  signal: AbortSignal,
): Promise<{ checks: Check[]; metrics: number }> {
  const inventory = new Inventory(scope, settings, clock, isFirst);
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

/** Asks IAM itself what the acting role may do; nothing is tried. */
async function checkActing(scope: Scope, account: AwsAccountSettings | undefined, actions: readonly string[], abortSignal: AbortSignal): Promise<Check> {
  const name = `acting ${scope.label}`;
  const role = account?.act_role;
  if (role === undefined)
    return {
      name,
      state: 'warn',
      detail: 'there is no act_role: fixes run with the observing credentials, and are refused if those only read',
      fix: 'Set aws.accounts[].act_role.',
    };
  try {
    const denied: string[] = [];
    for (let at = 0; at < actions.length; at += 100) {
      const command = new SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ActionNames: actions.slice(at, at + 100) });
      const { EvaluationResults = [] } = await calling(scope, 'iam:SimulatePrincipalPolicy', () => scope.check.iam.send(command, { abortSignal }));
      denied.push(...EvaluationResults.filter((one) => one.EvalDecision !== 'allowed').map((one) => one.EvalActionName ?? ''));
    }
    if (denied.length === 0) return { name, state: 'ok', detail: `all ${actions.length} permissions`, fix: null };
    return { name, state: 'warn', detail: `not allowed: ${denied.join(', ')}`, fix: 'Take what you want from deploy/policies/act.json.' };
  } catch (thrown) {
    return { name, state: 'warn', detail: `could not be checked: ${toOpsError(thrown).message}`, fix: allow('iam:SimulatePrincipalPolicy') };
  }
}

/** Queue, bucket and knowledge base. */
async function checkOwn(home: Scope, settings: AwsSettings, abortSignal: AbortSignal): Promise<Check[]> {
  const checks: Check[] = [];
  const { queue_url: QueueUrl, bucket: Bucket, knowledge } = settings;
  if (QueueUrl !== undefined) {
    let guarded = false;
    checks.push(
      await check('queue', allow('sqs:GetQueueAttributes'), async () => {
        const answer = await calling(home, 'sqs:GetQueueAttributes', () =>
          home.read.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }), { abortSignal }),
        );
        guarded = answer.Attributes?.['RedrivePolicy'] !== undefined;
        return `${answer.Attributes?.['ApproximateNumberOfMessages'] ?? '?'} messages wait`;
      }),
    );
    if (!guarded)
      checks.push({
        name: 'queue',
        state: 'warn',
        detail: 'has no dead-letter queue: messages that nobody understands come back for ever',
        fix: 'Set its RedrivePolicy; deploy/opsloop.yaml does.',
      });
  }
  if (Bucket !== undefined) {
    checks.push(
      await check('bucket', '', async () => {
        const archive = new S3Archive(home, { bucket: Bucket, prefix: 'opsloop-state/' });
        await archive.put('doctor.json', '{}');
        await archive.remove('doctor.json');
        return `${Bucket} can be written`;
      }),
    );
    const safe = await Promise.all([
      home.read.s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal }).then((answer) => answer.Status === 'Enabled'),
      home.read.s3.send(new GetBucketEncryptionCommand({ Bucket }), { abortSignal }).then(() => true),
    ]).catch(() => [false, false]);
    if (safe.includes(false))
      checks.push({
        name: 'bucket',
        state: 'warn',
        detail: 'versioning or encryption is off, or may not be read',
        fix: `aws s3api put-bucket-versioning --bucket ${Bucket} --versioning-configuration Status=Enabled`,
      });
  }
  if (knowledge !== undefined) {
    const knowledgeBaseId = knowledge.knowledge_base_id;
    checks.push(
      await check('knowledge base', allow('bedrock:GetKnowledgeBase'), async () => {
        const { knowledgeBase } = await calling(home, 'bedrock:GetKnowledgeBase', () =>
          home.read.bedrockAgent.send(new GetKnowledgeBaseCommand({ knowledgeBaseId }), { abortSignal }),
        );
        return `${knowledgeBase?.name} is ${knowledgeBase?.status?.toLowerCase()}`;
      }),
      await check('retrieval', allow('bedrock:Retrieve'), async () => {
        await calling(home, 'bedrock:Retrieve', () =>
          home.read.bedrockRuntime.send(new RetrieveCommand({ knowledgeBaseId, retrievalQuery: { text: 'cpu' } }), { abortSignal }),
        );
        return 'answers';
      }),
    );
  }
  return checks;
}
