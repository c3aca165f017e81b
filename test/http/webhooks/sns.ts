import { createSign, type KeyObject } from 'node:crypto';
import type { SnsMessage } from '../../../src/http/webhooks/sns.ts';
import { TOPIC } from '../api.ts';

export const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

/** A message as SNS sends it, signed with this key. */
export function snsMessage(key: KeyObject, over: Partial<SnsMessage>): SnsMessage {
  const message: SnsMessage = {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: TOPIC,
    Message: 'hello',
    Timestamp: '2026-03-04T09:59:30.000Z',
    SignatureVersion: '2',
    Signature: '',
    SigningCertURL: CERTIFICATE_URL,
    ...over,
  };
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const fields = message as unknown as Record<string, string | undefined>;
  const text = names
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  const algorithm = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  return { ...message, Signature: createSign(algorithm).update(text).sign(key, 'base64') };
}
