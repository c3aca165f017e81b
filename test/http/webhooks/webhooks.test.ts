import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Alarm } from '../../../src/domain/signals.ts';
import { createServer } from '../../../src/http/server.ts';
import { sign } from '../../../src/webhooks/signature.ts';
import { Api, SECRET, T0 } from '../api.ts';
import { CERTIFICATE_URL, snsMessage } from './sns.ts';

const stored = async (api: Api): Promise<readonly Alarm[]> => (await api.store.signals.alarmsSince(0, 100)).alarms;
const alert = (over: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'DiskFull', instance: 'web-1:9100', mountpoint: '/', severity: 'critical' },
  annotations: { summary: 'Disk is 97 % full' },
  startsAt: '2026-03-04T09:58:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'abc123',
  ...over,
});
const signed = (body: object) => ({ token: null, raw: JSON.stringify(body), headers: { ...sign(SECRET, JSON.stringify(body), T0) } });

describe('alarms in', () => {
  it('takes Alertmanager’s, stores them before it answers, and knows a repeat', async () => {
    const api = await Api.open();
    const call = { token: await api.token(['ingest']) };
    const body = {
      version: '4',
      status: 'firing',
      alerts: [alert(), alert({ labels: { alertname: 'DiskFull', instance: 'web-2:9100' }, fingerprint: 'def' })],
    };
    expect(await api.post('/webhooks/alertmanager', body, call)).toMatchObject({ status: 200, body: { accepted: 2 } });
    expect(await stored(api)).toMatchObject([
      {
        name: 'DiskFull{instance=web-1:9100,mountpoint=/}',
        state: 'alarm',
        resourceId: 'web-1',
        severity: 0.95,
        reason: 'Disk is 97 % full',
        timestampMs: T0 - 120_000,
      },
      { name: 'DiskFull{instance=web-2:9100}', resourceId: 'web-2' },
    ]);
    expect(await api.post('/webhooks/alertmanager', body, call)).toMatchObject({ status: 200, body: { accepted: 2 } });
    expect(await stored(api)).toHaveLength(2);
    await api.post('/webhooks/alertmanager', { alerts: [alert({ status: 'resolved', endsAt: '2026-03-04T10:05:00Z' })] }, call);
    expect((await stored(api)).at(-1)).toMatchObject({ state: 'ok', timestampMs: T0 + 300_000 });
  });

  it('takes Grafana’s, with its own signature', async () => {
    const api = await Api.open();
    const raw = JSON.stringify({ receiver: 'ops', orgId: 1, alerts: [alert({ values: { A: 97 }, dashboardURL: '' })] });
    const hmac = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');
    const headers = { 'x-grafana-alerting-signature': hmac(raw) };
    expect(await api.send('POST', '/webhooks/grafana', { token: null, raw, headers })).toMatchObject({ status: 200 });
    const timestamp = String(T0 / 1000);
    const timed = { 'x-grafana-alerting-signature': hmac(`${timestamp}:${raw}`), 'x-grafana-alerting-timestamp': timestamp };
    expect((await api.send('POST', '/webhooks/grafana', { token: null, raw, headers: timed })).status).toBe(200);
    const old = { ...timed, 'x-grafana-alerting-timestamp': String(T0 / 1000 - 3600) };
    expect((await api.send('POST', '/webhooks/grafana', { token: null, raw, headers: old })).status).toBe(401);
    expect(await stored(api)).toMatchObject([{ id: expect.stringMatching(/^grafana:abc123:firing/) }]);
  });

  it('takes EventBridge’s alarm events, and lets other events pass', async () => {
    const api = await Api.open();
    const call = { token: await api.token(['ingest']) };
    const metric = { namespace: 'AWS/RDS', name: 'CPUUtilization', dimensions: { DBInstanceIdentifier: 'shop' } };
    const event = {
      ...{
        version: '0',
        id: 'e-1',
        'detail-type': 'CloudWatch Alarm State Change',
        source: 'aws.cloudwatch',
        account: '123456789012',
        time: '2026-03-04T10:00:00Z',
        region: 'eu-west-1',
        resources: [],
      },
      detail: {
        alarmName: 'shop-cpu',
        state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-03-04T09:59:30.123+0000' },
        configuration: { metrics: [{ id: 'm1', metricStat: { metric, period: 60, stat: 'Average' } }] },
      },
    };
    expect(await api.post('/webhooks/eventbridge', event, call)).toMatchObject({ body: { accepted: 1 } });
    expect(await api.post('/webhooks/eventbridge', { ...event, id: 'e-2', 'detail-type': 'EC2 Instance State-change Notification' }, call)).toMatchObject({
      status: 200,
      body: { accepted: 0 },
    });
    expect(await stored(api)).toEqual([
      {
        id: 'event:e-1',
        name: 'shop-cpu',
        state: 'alarm',
        timestampMs: Date.parse('2026-03-04T09:59:30.123Z'),
        resourceId: null,
        metric: { ...metric, stat: 'Average' },
        reason: 'Threshold Crossed',
      },
    ]);
  });

  it('takes the generic shape, one or many, signed with the shared secret', async () => {
    const api = await Api.open();
    expect(await api.send('POST', '/webhooks/generic', signed({ name: 'backup failed', resource: 'rds/shop', severity: 'high' }))).toMatchObject({
      status: 200,
      body: { accepted: 1 },
    });
    const many = {
      alarms: [
        { name: 'a', at: '2026-03-04T09:00:00+01:00' },
        { name: 'b', state: 'ok', id: 'my-id' },
      ],
    };
    expect(await api.send('POST', '/webhooks/generic', signed(many))).toMatchObject({ body: { accepted: 2 } });
    expect(await stored(api)).toMatchObject([
      { name: 'backup failed', resourceId: 'rds/shop', severity: 0.85, timestampMs: T0 },
      { name: 'a', timestampMs: T0 - 2 * 3_600_000 },
      { id: 'generic:my-id', state: 'ok' },
    ]);
  });

  it('takes an alarm from the future as one of now', async () => {
    const api = await Api.open();
    await api.send('POST', '/webhooks/generic', signed({ name: 'x', at: '2030-01-01T00:00:00Z' }));
    expect(await stored(api)).toMatchObject([{ timestampMs: T0 }]);
  });

  it('refuses strangers: no token, a token without the scope, a wrong or old signature, a signature without a secret', async () => {
    const api = await Api.open();
    const body = { name: 'x' };
    const raw = JSON.stringify(body);
    const good = sign(SECRET, raw, T0);
    const attempts = [
      { token: null, raw },
      { token: await api.token(['read', 'detect', 'learn', 'act:request']), raw },
      { token: null, raw, headers: { ...good, 'x-opsloop-signature': good['x-opsloop-signature'].replace(/.$/, (end) => (end === '0' ? '1' : '0')) } },
      { token: null, raw, headers: { 'x-opsloop-signature': good['x-opsloop-signature'] } },
      { token: null, raw, headers: { ...sign(SECRET, raw, T0 - 600_000) } },
      { token: null, raw: JSON.stringify({ name: 'y' }), headers: { ...good } },
      { token: await api.token(['ingest']), raw, headers: { ...sign('another secret altogether', raw, T0) } },
    ];
    for (const [n, attempt] of attempts.entries()) expect([401, 403], `attempt ${n}`).toContain((await api.send('POST', '/webhooks/generic', attempt)).status);
    const bare = createServer({ ...api.parts, settings: { ...api.parts.settings, webhooks: { secret: null, snsTopics: [] } } });
    const answer = await bare.inject({
      method: 'POST',
      url: '/webhooks/generic',
      headers: { ...sign('', raw, T0), 'content-type': 'application/json' },
      payload: raw,
    });
    await bare.close();
    expect(answer.statusCode).toBe(401);
    expect(await stored(api)).toEqual([]);
  });

  it.each([
    ['alertmanager', { alerts: [alert({ startsAt: 'yesterday' })] }],
    ['alertmanager', { alerts: [alert({ status: 'pending' })] }],
    ['alertmanager', { alerts: Array.from({ length: 1001 }, () => alert()) }],
    ['alertmanager', {}],
    ['eventbridge', { id: 'e' }],
    ['generic', { alarms: [] }],
    ['generic', { name: '' }],
    ['generic', { name: 'x', at: 'noon' }],
    ['generic', { name: 'x', severity: 7 }],
    ['generic', { name: 'x', run: 'rm -rf /' }],
  ])('refuses what does not have the shape, whole: %s', async (kind, body) => {
    const api = await Api.open();
    expect(await api.post(`/webhooks/${kind}`, body, { token: await api.token(['ingest']) })).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(await stored(api)).toEqual([]);
  });

  it('says so when the store cannot take them, and they come again', async () => {
    const api = await Api.open();
    const down = createServer({
      ...api.parts,
      store: { ...api.store, signals: { ...api.store.signals, appendAlarms: () => Promise.reject(new Error('disk full')) } },
    });
    const send = (app: typeof down) =>
      app.inject({
        method: 'POST',
        url: '/webhooks/generic',
        headers: { ...sign(SECRET, '{"name":"x"}', T0), 'content-type': 'application/json' },
        payload: '{"name":"x"}',
      });
    expect((await send(down)).statusCode).toBe(500);
    await down.close();
    expect((await send(api.app)).statusCode).toBe(200);
    expect(await stored(api)).toHaveLength(1);
  });
});

describe('alarms that arrive badly', () => {
  const ingest = async (api: Api) => ({ token: await api.token(['ingest']) });

  it.each(['alertmanager', 'grafana', 'eventbridge', 'generic', 'sns'])('too large for %s: refused, and nothing is kept', async (kind) => {
    const api = await Api.open();
    const raw = JSON.stringify({ name: 'x', reason: 'y'.repeat(1_100_000) });
    expect(await api.send('POST', `/webhooks/${kind}`, { ...(await ingest(api)), raw })).toMatchObject({ status: 413, body: { code: 'invalid_input' } });
    expect(await stored(api)).toEqual([]);
  });

  it.each([
    ['alertmanager', 'application/json; charset=utf-16', 415],
    ['generic', 'application/json; charset=latin1', 415],
    ['generic', 'text/plain', 415],
    ['sns', 'text/plain; charset=utf-16', 415],
    ['sns', 'application/x-www-form-urlencoded', 415],
  ])('for %s as %s: refused', async (kind, type, status) => {
    const api = await Api.open();
    const call = { ...(await ingest(api)), raw: '{"name":"x"}', headers: { 'content-type': type } };
    expect(await api.send('POST', `/webhooks/${kind}`, call)).toMatchObject({ status, body: { code: 'invalid_input' } });
    expect(await stored(api)).toEqual([]);
  });

  it('cut short, or never finished: nothing is kept, and the whole one is taken afterwards', async () => {
    const api = await Api.open();
    const { token } = await ingest(api);
    const app = createServer(api.parts, { requestMs: 300, checkMs: 50 });
    onTestFinished(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const body = '{"name":"disk full"}';
    const head = `POST /webhooks/generic HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const say = (bytes: string, thenEnd: boolean): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => (thenEnd ? socket.end(bytes) : socket.write(bytes)));
        let heard = '';
        socket.on('data', (data) => {
          heard += String(data);
          if (heard.includes('accepted')) socket.end();
        });
        socket.on('close', () => resolve(heard));
        socket.on('error', () => resolve(heard));
      });
    await say(head + body.slice(0, 9), true);
    expect(await say(head + body.slice(0, 9), false)).toMatch(/^HTTP\/1\.1 408/);
    expect(await stored(api)).toEqual([]);
    expect(await say(head + body, false)).toMatch(/^HTTP\/1\.1 200/);
    expect(await stored(api)).toHaveLength(1);
  });

  it('many times at once: one alarm', async () => {
    const api = await Api.open();
    const call = await ingest(api);
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.post('/webhooks/alertmanager', { alerts: [alert(), alert()] }, call)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(await stored(api)).toHaveLength(1);
  });
});

describe('alarms from SNS', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const alarm = {
    ...{
      AlarmName: 'web-cpu',
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed',
      StateChangeTime: '2026-03-04T09:59:00.000+0000',
      OldStateValue: 'OK',
    },
    Trigger: {
      MetricName: 'CPUUtilization',
      Namespace: 'AWS/EC2',
      StatisticType: 'Statistic',
      Statistic: 'AVERAGE',
      Dimensions: [{ name: 'InstanceId', value: 'i-1' }],
    },
  };

  async function open() {
    const asked: string[] = [];
    const api = await Api.open({
      fetchText: async (url) => {
        asked.push(url);
        return pem;
      },
    });
    const send = (message: object) =>
      api.send('POST', '/webhooks/sns', { token: null, raw: JSON.stringify(message), headers: { 'content-type': 'text/plain; charset=UTF-8' } });
    return { api, asked, send };
  }

  it.each(['1', '2'] as const)('are taken when the signature (version %s) holds, also as text/plain', async (version) => {
    const { api, asked, send } = await open();
    const message = snsMessage(keys.privateKey, { Message: JSON.stringify(alarm), SignatureVersion: version, Subject: 'ALARM: web-cpu' });
    expect(await send(message)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await send(message)).toMatchObject({ status: 200 });
    expect(asked).toEqual([CERTIFICATE_URL]);
    const metric = { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' }, stat: 'Average' };
    expect(await stored(api)).toMatchObject([{ id: 'sns:m-1', name: 'web-cpu', state: 'alarm', timestampMs: T0 - 60_000, metric }]);
  });

  it('confirm their subscription by themselves, for a topic that the config names', async () => {
    const { asked, send } = await open();
    const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
    expect((await send(snsMessage(keys.privateKey, { Type: 'SubscriptionConfirmation', SubscribeURL, Token: 't' }))).status).toBe(200);
    expect(asked).toEqual([CERTIFICATE_URL, SubscribeURL]);
  });

  it('are refused when anything about them is not right', async () => {
    const { api, asked, send } = await open();
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const good = snsMessage(keys.privateKey, { Message: JSON.stringify(alarm) });
    const wrong: readonly object[] = [
      snsMessage(other, { Message: JSON.stringify(alarm) }),
      { ...good, Message: JSON.stringify({ ...alarm, AlarmName: 'other' }) },
      { ...good, Signature: 'AAAA' },
      snsMessage(keys.privateKey, { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:theirs' }),
      snsMessage(keys.privateKey, { Timestamp: '2026-03-04T08:00:00.000Z' }),
      ...[
        'https://evil.example/SimpleNotificationService-1.pem',
        'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem',
        'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem',
        'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem',
        'https://sns.eu-west-1.amazonaws.com/other.pem',
        'not an address',
      ].map((SigningCertURL) => snsMessage(keys.privateKey, { SigningCertURL })),
      snsMessage(keys.privateKey, { Type: 'SubscriptionConfirmation', SubscribeURL: 'http://169.254.169.254/latest', Token: 't' }),
    ];
    for (const [n, message] of wrong.entries()) expect((await send(message)).status, `message ${n}`).toBe(403);
    expect((await send({ Type: 'Notification' })).status).toBe(400);
    expect(await stored(api)).toEqual([]);
    expect(asked.filter((url) => url !== CERTIFICATE_URL)).toEqual([]);
  });

  it('hold nothing when the message is no alarm', async () => {
    const { api, send } = await open();
    expect(await send(snsMessage(keys.privateKey, { Message: 'hello' }))).toMatchObject({ status: 200, body: { accepted: 0 } });
    expect(await stored(api)).toEqual([]);
  });

  it('come again when the certificate cannot be had', async () => {
    const api = await Api.open({ fetchText: () => Promise.reject(new Error('no network')) });
    const answer = await api.send('POST', '/webhooks/sns', { token: null, raw: JSON.stringify(snsMessage(keys.privateKey, {})) });
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });
});
