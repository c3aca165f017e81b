import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Check } from '../../src/aws/doctor.ts';
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
  readonly estimate: { readonly metrics: number } | null;
}

/** `opsloop doctor --json` as a person runs it. */
async function doctor(env: Record<string, string> = {}): Promise<{ status: number; report: Report }> {
  const config = join(dir, 'config.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      account: { kind: 'aws' },
      aws: { bucket: 'opsloop-doctor', queue_url: queueUrl, knowledge: { knowledge_base_id: 'KB00000001', data_source_id: 'DS00000001' } },
      store: { path: join(dir, 'opsloop.db') },
      policy: { approvers: [ANA] },
    }),
  );
  const all = {
    ...process.env,
    OPSLOOP_CONFIG: config,
    AWS_ENDPOINT_URL: motoUrl(),
    AWS_ENDPOINT_URL_CLOUDTRAIL: double.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENT: double.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: double.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_CHANNEL: OPS_CHANNEL,
    ...env,
  };
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [join(project, 'src', 'main.ts'), 'doctor', '--json'], { env: all }, (error, stdout, stderr) => {
      try {
        resolve({ status: error === null ? 0 : Number(error.code), report: JSON.parse(stdout) as Report });
      } catch {
        reject(new Error(`doctor said: ${stdout} ${stderr}`));
      }
    });
  });
}

const named = (report: Report, name: string): readonly Check[] => report.checks.filter((check) => check.name.startsWith(name));

describe('opsloop doctor', () => {
  it('says ready when it is, and warns of what could be better', async () => {
    const { status, report } = await doctor();
    expect(report.checks.filter((check) => check.state === 'fail')).toEqual([]);
    expect([status, report.ready]).toEqual([0, true]);
    expect(named(report, 'slack').map((check) => check.state)).toEqual(['ok', 'ok', 'ok']);
    expect(named(report, 'queue').map((check) => check.state)).toEqual(['ok', 'warn']); // this one has no dead-letter queue
    expect(named(report, 'knowledge base')[0]?.detail).toContain('active');
    expect(report.estimate).toMatchObject({ metrics: 0 });
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
});
