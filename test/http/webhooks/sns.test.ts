import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Api, T0 } from '../api.ts';
import { stored } from './alarms.ts';
import { CERTIFICATE_URL, snsMessage } from './sns.ts';

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
