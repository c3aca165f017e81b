import { createVerify } from 'node:crypto';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { Alarm } from '../../domain/signals.ts';
import type { FetchText } from '../parts.ts';
import { StatusError } from '../problem.ts';
import { cloudWatchAlarm } from './shapes/cloudwatch.ts';
import { eventBridgeAlarms } from './shapes/eventbridge.ts';

export const SnsMessageSchema = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string().min(1).max(300),
  Message: z.string().max(262_144),
  Timestamp: z.string().max(40),
  Signature: z.string().max(2000),
  SignatureVersion: z.enum(['1', '2']),
  SigningCertURL: z.string().max(500),
  Subject: z.string().max(300).nullish(),
  SubscribeURL: z.string().max(2000).nullish(),
  Token: z.string().max(2000).nullish(),
});
export type SnsMessage = z.infer<typeof SnsMessageSchema>;

const AWS_HOST = /^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?$/;
const CERTIFICATES_MAX = 20;
const OLD_MS = 3_600_000;
const AHEAD_MS = 300_000;

/**
 * Checks SNS messages (SignatureVersion 1 and 2): a topic that the config names, a certificate from SNS itself, a signature that
 * holds, and not older than an hour. The signature alone would let any AWS account's topic in.
 */
export class SnsGate {
  readonly #topics: readonly string[];
  readonly #fetchText: FetchText;
  readonly #certificates = new Map<string, string>();

  constructor(topics: readonly string[], fetchText: FetchText) {
    this.#topics = topics;
    this.#fetchText = fetchText;
  }

  /** Errors: `forbidden` for what is not to be trusted, `unavailable` when the certificate cannot be had now. */
  async require(message: SnsMessage, nowMs: number): Promise<void> {
    if (!this.#topics.includes(message.TopicArn))
      throw refused('This topic is not one that opsloop listens to.', 'Name it under http.webhooks.sns_topics in the config.');
    const ageMs = nowMs - Date.parse(message.Timestamp);
    if (!(ageMs < OLD_MS && ageMs > -AHEAD_MS)) throw refused('This message is too old.', 'Check the clock of this machine.');
    const certificate = await this.#certificate(message.SigningCertURL);
    if (!verifies(message, certificate)) throw refused('The signature of this message does not hold.', null);
  }

  /** Answers a subscription's question, for a message that was checked. */
  async confirm(message: SnsMessage): Promise<void> {
    await this.#fetch(awsUrl(message.SubscribeURL ?? '', /^\/$/));
  }

  async #certificate(url: string): Promise<string> {
    const checked = awsUrl(url, /^\/SimpleNotificationService-[\w-]{1,100}\.pem$/);
    const known = this.#certificates.get(checked);
    if (known !== undefined) return known;
    const pem = await this.#fetch(checked);
    if (this.#certificates.size >= CERTIFICATES_MAX) this.#certificates.clear();
    this.#certificates.set(checked, pem);
    return pem;
  }

  async #fetch(url: string): Promise<string> {
    try {
      return await this.#fetchText(url);
    } catch (cause) {
      throw new OpsError('unavailable', 'SNS could not be asked.', 'It sends the message again by itself.', { cause });
    }
  }
}

/** The alarms in a notification: a CloudWatch alarm, or an EventBridge event sent on. Anything else holds none. */
export function snsAlarms(message: SnsMessage): readonly Alarm[] {
  const content = parsed(message.Message);
  return cloudWatchAlarm(content, `sns:${message.MessageId}`) ?? eventBridgeAlarms(content) ?? [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function verifies(message: SnsMessage, certificate: string): boolean {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  const text = names.flatMap((name) => (message[name] == null ? [] : [`${name}\n${message[name]}\n`])).join('');
  try {
    return createVerify(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
      .update(text, 'utf8')
      .verify(certificate, message.Signature, 'base64');
  } catch {
    return false; // not a certificate at all
  }
}

/** The address, if it is one of SNS itself. */
function awsUrl(text: string, path: RegExp): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:' || url.port !== '' || url.username !== '' || !AWS_HOST.test(url.hostname) || !path.test(url.pathname))
    throw refused('This message names an address that is not one of SNS.', null);
  return url.href;
}

const refused = (title: string, hint: string | null): StatusError => new StatusError(403, 'forbidden', title, hint);
