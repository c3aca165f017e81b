import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createServer } from '../../../src/http/server.ts';
import { sign } from '../../../src/webhooks/signature.ts';
import { Api, SECRET, T0 } from '../api.ts';
import { alert, signed, stored } from './alarms.ts';

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
