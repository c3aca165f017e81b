import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Check } from '../../src/aws/doctor/check.ts';
import { ANA, OPS_CHANNEL } from '../../src/cli/sandbox.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { builder, endpoint, motoUrl, REGION, resetMoto, systemClock } from './support.ts';

const project = join(import.meta.dirname, '..', '..');
const dir = mkdtempSync(join(tmpdir(), 'opsloop-doctor-'));
let double: Double;
let slack: LocalSlack;
let proxy: FaultProxy;
let queueUrl = '';

beforeAll(async () => {
  await resetMoto();
  double = await startDouble();
  proxy = await startProxy(motoUrl());
  slack = await startLocalSlack({ manifest: parse(readFileSync(join(project, 'manifest.yml'), 'utf8')), clock: systemClock, port: 0 });
  endpoint(motoUrl());
  const build = builder();
  await build.s3.send(new CreateBucketCommand({ Bucket: 'opsloop-doctor', CreateBucketConfiguration: { LocationConstraint: REGION } }));
  await build.s3.send(new PutBucketVersioningCommand({ Bucket: 'opsloop-doctor', VersioningConfiguration: { Status: 'Enabled' } }));
  queueUrl = (await build.sqs.send(new CreateQueueCommand({ QueueName: 'events' }))).QueueUrl ?? '';
});
afterAll(async () => {
  await slack.stop();
  await double.close();
  await proxy.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Report {
  readonly ready: boolean;
  readonly checks: readonly Check[];
  readonly estimate: { readonly metrics: number; readonly requestsPerMin: number } | null;
}

type More = Record<string, unknown>;

/** What `opsloop doctor` runs with: a config file, and the addresses of all that it asks. */
function environment(env: Record<string, string>, more: More, aws: More): NodeJS.ProcessEnv {
  const config = join(dir, 'config.yaml');
  const knowledge = { knowledge_base_id: 'KB00000001', data_source_id: 'DS00000001' };
  const whole = {
    account: { kind: 'aws' },
    aws: { bucket: 'opsloop-doctor', queue_url: queueUrl, knowledge, ...aws },
    store: { path: join(dir, 'opsloop.db') },
    policy: { approvers: [ANA] },
    ...more,
  };
  writeFileSync(config, JSON.stringify(whole));
  return {
    ...process.env,
    OPSLOOP_CONFIG: config,
    AWS_ENDPOINT_URL: motoUrl(),
    AWS_ENDPOINT_URL_CLOUDTRAIL: double.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENT: double.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: double.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: double.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_CHANNEL: OPS_CHANNEL,
    ...env,
  };
}

/** `opsloop doctor --json` as a program runs it. */
async function doctor(env: Record<string, string> = {}, more: More = {}, aws: More = {}): Promise<{ status: number; report: Report }> {
  const { status, stdout, stderr } = await run(['doctor', '--json'], environment(env, more, aws));
  try {
    return { status, report: JSON.parse(stdout) as Report };
  } catch {
    throw new Error(`doctor said: ${stdout} ${stderr}`);
  }
}

/** What people see. */
const said = async (): Promise<string> => (await run(['doctor'], environment({}, {}, {}))).stdout;

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(project, 'src', 'launch.mjs'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** IAM's simulator, which moto lacks: allows everything but what is named, and notes what it was asked. */
function simulator(denied: readonly string[] = []): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  proxy.spoil = ({ service, body }) => {
    const form = new URLSearchParams(body);
    if (service !== 'iam' || form.get('Action') !== 'SimulatePrincipalPolicy') return null;
    asked.push(form);
    const results = valuesOf(form, 'ActionNames').map(
      (action) =>
        `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>${denied.includes(action) ? 'implicitDeny' : 'allowed'}</EvalDecision></member>`,
    );
    const inside = `<SimulatePrincipalPolicyResult><EvaluationResults>${results.join('')}</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>`;
    const body_ = `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${inside}<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>`;
    return { kind: 'answer', body: body_ };
  };
  return asked;
}
const valuesOf = (form: URLSearchParams, list: string): string[] => [...form].flatMap(([key, value]) => (key.startsWith(`${list}.member.`) ? [value] : []));
const role = (name: string): string => `arn:aws:iam::123456789012:role/opsloop-${name}`;
const ACCOUNTS = { accounts: [{ name: 'prod', regions: [REGION], observe_role: role('observe'), act_role: role('act'), external_id: 'word' }] };

const named = (report: Report, name: string): readonly Check[] => report.checks.filter((check) => check.name.startsWith(name));

describe('opsloop doctor', () => {
  it('says ready when it is, and warns of what could be better', async () => {
    const { status, report } = await doctor();
    expect(report.checks.filter((check) => check.state === 'fail')).toEqual([]);
    expect([status, report.ready]).toEqual([0, true]);
    expect(named(report, 'slack').map((check) => check.state)).toEqual(['ok', 'ok', 'ok']);
    expect(named(report, 'queue').map((check) => check.state)).toEqual(['ok', 'warn']); // this one has no dead-letter queue
    expect(named(report, 'knowledge base')[0]?.detail).toContain('active');
    expect(report.estimate).toMatchObject({ metrics: 0, requestsPerMin: 9 });
  });

  it('names the permission that is missing, with a statement to copy', async () => {
    double.state.faults.set('LookupEvents', { name: 'AccessDeniedException', message: 'no', status: 400 });
    const { status, report } = await doctor();
    double.state.faults.clear();
    expect(status).toBe(1);
    expect(named(report, 'cloudtrail:LookupEvents')[0]).toMatchObject({
      state: 'fail',
      fix: '{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}',
    });
  });

  it('finds a wrong token, a missing bucket and a config that is not valid', async () => {
    const wrong = await doctor({ SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect(wrong.status).toBe(1);
    expect(named(wrong.report, 'slack bot token')[0]).toMatchObject({ state: 'fail', detail: expect.stringContaining('invalid_auth') });
    const none = await doctor({ OPSLOOP_CONFIG: join(dir, 'none.yaml') });
    expect(none.report).toMatchObject({ ready: false, checks: [{ name: 'config', state: 'fail' }] });
  });

  it('finds credentials that have expired, and asks nothing more of that account', async () => {
    proxy.spoil = ({ service }) => (service === 'sts' ? { kind: 'error', status: 403, name: 'ExpiredToken' } : null);
    const { report } = await doctor({ AWS_ENDPOINT_URL: proxy.url });
    expect(named(report, 'identity')[0]).toMatchObject({ state: 'fail', detail: expect.stringContaining('expired') });
    expect(named(report, 'cloudwatch')).toEqual([]);
  });

  it('asks IAM about every permission of both roles, as narrow as the policies are', async () => {
    const asked = simulator();
    const { report } = await doctor({ AWS_ENDPOINT_URL_IAM: proxy.url }, {}, { ...ACCOUNTS, logs: [{ group: '/shop' }] });
    expect(named(report, 'observing prod')).toEqual([expect.objectContaining({ state: 'ok', detail: expect.stringMatching(/^all \d+ permissions$/) })]);
    expect(named(report, 'acting prod')).toEqual([expect.objectContaining({ state: 'ok' })]);
    const of = (action: string) => asked.find((form) => valuesOf(form, 'ActionNames').includes(action)) ?? new URLSearchParams();
    expect(of('logs:StartQuery').get('PolicySourceArn')).toBe(role('observe'));
    expect(of('ecs:UpdateService').get('PolicySourceArn')).toBe(role('act'));
    expect(valuesOf(of('ssm:SendCommand'), 'ResourceArns')).toEqual(['arn:aws:ssm:*::document/AWS-RunShellScript', 'arn:aws:ec2:*:*:instance/*']);
    expect(of('iam:PassRole').get('ContextEntries.member.1.ContextKeyName')).toBe('iam:PassedToService');
    expect(valuesOf(of('sqs:ReceiveMessage'), 'ResourceArns')).toEqual([`arn:aws:sqs:${REGION}:123456789012:events`]);
    expect(valuesOf(of('s3:PutObject'), 'ResourceArns')).toEqual(['arn:aws:s3:::opsloop-doctor/*']);
    expect(valuesOf(of('bedrock:StartIngestionJob'), 'ResourceArns')).toEqual([`arn:aws:bedrock:${REGION}:123456789012:knowledge-base/KB00000001`]);
    expect(asked.some((form) => valuesOf(form, 'ActionNames').includes('ec2:TerminateInstances'))).toBe(false); // critical ones are nobody's by default
  });

  it('says what a role lacks, as a statement to copy, and is ready all the same', async () => {
    simulator(['ecs:UpdateService', 'iam:PassRole', 'sqs:DeleteMessage']);
    const { status, report } = await doctor({ AWS_ENDPOINT_URL_IAM: proxy.url }, {}, ACCOUNTS);
    expect(status).toBe(0);
    expect(named(report, 'acting prod')[0]).toMatchObject({
      state: 'warn',
      detail: 'not allowed: ecs:UpdateService, iam:PassRole',
      fix: '{"Effect":"Allow","Action":["ecs:UpdateService","iam:PassRole"],"Resource":"*"}',
    });
    expect(named(report, 'observing prod')[0]).toMatchObject({
      state: 'warn',
      fix: `{"Effect":"Allow","Action":["sqs:DeleteMessage"],"Resource":["arn:aws:sqs:${REGION}:123456789012:events"]}`,
    });
    proxy.spoil = ({ body }) => (body.includes('SimulatePrincipalPolicy') ? { kind: 'error', status: 403, name: 'AccessDenied' } : null);
    const blind = await doctor({ AWS_ENDPOINT_URL_IAM: proxy.url }, {}, ACCOUNTS);
    expect(named(blind.report, 'acting prod')[0]).toMatchObject({
      state: 'warn',
      detail: expect.stringContaining('could not be checked'),
      fix: `{"Effect":"Allow","Action":"iam:SimulatePrincipalPolicy","Resource":"${role('act')}"}`,
    });
  });

  it('finds a clock that is off, by an answer as by a refusal', async () => {
    const headers = { date: new Date(Date.now() - 11 * 60_000).toUTCString() };
    const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ana</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    const refusal = '<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>expired</Message></Error></ErrorResponse>';
    proxy.spoil = ({ service }) => (service === 'sts' ? { kind: 'answer', body: identity, headers } : null);
    const off = await doctor({ AWS_ENDPOINT_URL: proxy.url });
    expect(named(off.report, 'clock')[0]).toMatchObject({
      state: 'fail',
      detail: expect.stringMatching(/^6[5-9]\d s apart$/),
      fix: expect.stringContaining('timedatectl'),
    });
    expect(off.status).toBe(1);
    proxy.spoil = ({ service }) => (service === 'sts' ? { kind: 'answer', status: 403, body: refusal, headers } : null);
    const refused = await doctor({ AWS_ENDPOINT_URL: proxy.url });
    expect(named(refused.report, 'identity')[0]).toMatchObject({ state: 'fail', detail: expect.stringContaining('signature does not fit') });
    expect(named(refused.report, 'clock')[0]).toMatchObject({ state: 'fail', detail: expect.stringMatching(/^6[5-9]\d s apart$/) });
  });

  it('finds a bucket that is not there, a knowledge base that is not active and a log group that is misspelt, and tries the embedding model', async () => {
    proxy.spoil = () => null;
    double.state.knowledgeBase = 'FAILED';
    const knowledge = { embeddings: { kind: 'bedrock', model: 'amazon.titan-embed-text-v2:0', dimensions: 2 } };
    const { status, report } = await doctor({}, { knowledge }, { bucket: 'nobodys-bucket', logs: [{ group: '/mispelt' }] });
    double.state.knowledgeBase = 'ACTIVE';
    expect(status).toBe(1);
    expect(named(report, 'bucket')).toEqual([expect.objectContaining({ state: 'fail', detail: expect.stringContaining('s3:PutObject') })]);
    expect(named(report, 'knowledge base')[0]).toMatchObject({ state: 'fail' });
    expect(named(report, 'log group /mispelt')[0]).toMatchObject({ state: 'fail', fix: expect.stringContaining('aws.logs') });
    expect(named(report, 'embedding model')[0]).toMatchObject({ state: 'ok', detail: 'amazon.titan-embed-text-v2:0 answers with 2 numbers' });
  });

  it('prints for people what programs get, with what to copy under it', async () => {
    const text = await said();
    expect(text).toMatch(/ {2}ok {3}identity default eu-central-1 +arn:aws:/);
    expect(text).toMatch(/ warn {2}queue +has no dead-letter queue.*\n +→ aws sqs set-queue-attributes/);
    expect(text).toMatch(/about 9 requests a minute in all/);
    expect(text.trimEnd()).toMatch(/Ready\.$/);
  });
});
