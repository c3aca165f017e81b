import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { Alarm } from '../../domain/signals.ts';
import { isSigned, isSignedByGrafana } from '../../webhooks/signature.ts';
import { type Authenticator, Unauthenticated } from '../auth.ts';
import { decode } from '../body.ts';
import type { RouteDoc } from '../describe.ts';
import type { HttpParts } from '../parts.ts';
import type { TypedServer } from '../typed.ts';
import { Intake } from './intake.ts';
import { AlertmanagerSchema, alertmanagerAlarms } from './shapes/alertmanager.ts';
import { EventBridgeSchema, eventBridgeAlarms } from './shapes/eventbridge.ts';
import { GenericSchema, genericAlarms } from './shapes/generic.ts';
import { SnsGate, SnsMessageSchema, snsAlarms } from './sns.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
const AHEAD_MS = 10 * 60_000; // an alarm further in the future than this has a wrong clock: it counts as now
const AcceptedSchema = z.object({ accepted: z.number().int() });

const doc = (summary: string, detail: string): RouteDoc => ({
  tag: 'Webhooks',
  summary,
  detail,
  answers: { 200: { what: 'Durably stored; a repeat is recognised', schema: AcceptedSchema } },
});
const AUTH =
  'Authenticate with a token of scope `ingest` (`Authorization: Bearer …`), or sign the body: `X-Opsloop-Timestamp` (seconds) and `X-Opsloop-Signature: sha256=` + hex HMAC-SHA256 of `timestamp.body` with the shared secret.';

/** Alarms in. Everything is stored before the answer, and becomes an anomaly at the next tick, also after a crash. */
export function webhookRoutes(app: TypedServer, parts: HttpParts, authenticate: Authenticator): void {
  const intake = new Intake(parts.store, (count) => {
    parts.metrics.alarmsStored(count);
    parts.hurry();
  });
  const accept = async (alarms: readonly Alarm[]): Promise<{ accepted: number }> => {
    const latestMs = parts.clock.now() + AHEAD_MS;
    await intake.add(alarms.map((alarm) => (alarm.timestampMs > latestMs ? { ...alarm, timestampMs: parts.clock.now() } : alarm)));
    return { accepted: alarms.length };
  };
  const check = (request: FastifyRequest): Promise<void> => authorise(request, parts, authenticate);
  const options = { bodyLimit: BODY_LIMIT_BYTES, preValidation: check };

  app.post(
    '/webhooks/alertmanager',
    { ...options, schema: { body: AlertmanagerSchema }, config: { access: 'own', doc: doc('Alerts from Prometheus Alertmanager', AUTH) } },
    (request) => accept(alertmanagerAlarms(request.body, 'alertmanager')),
  );
  const grafana = `${AUTH} Grafana's own HMAC signature (X-Grafana-Alerting-Signature, hex, over the body) with the same secret is taken as well; a timestamp header must be named X-Grafana-Alerting-Timestamp.`;
  app.post(
    '/webhooks/grafana',
    { ...options, schema: { body: AlertmanagerSchema }, config: { access: 'own', doc: doc('Alerts from a Grafana contact point', grafana) } },
    (request) => accept(alertmanagerAlarms(request.body, 'grafana')),
  );
  app.post(
    '/webhooks/eventbridge',
    { ...options, schema: { body: EventBridgeSchema }, config: { access: 'own', doc: doc('Events from an EventBridge API destination', AUTH) } },
    (request) => accept(eventBridgeAlarms(request.body) ?? []),
  );
  app.post(
    '/webhooks/generic',
    { ...options, schema: { body: GenericSchema }, config: { access: 'own', doc: doc('Alarms from anything else', AUTH) } },
    (request) => accept(genericAlarms(request.body, parts.clock.now())),
  );
  snsRoute(app, parts, accept);
}

/** SNS sends JSON and calls it text/plain. */
function snsRoute(app: TypedServer, parts: HttpParts, accept: (alarms: readonly Alarm[]) => Promise<{ accepted: number }>): void {
  const gate = new SnsGate(parts.settings.webhooks.snsTopics, parts.fetchText);
  const about = doc(
    'Alarms from Amazon SNS, over HTTPS',
    'Checks the signature of SNS, and that the config names the topic (http.webhooks.sns_topics). Confirms its subscription by itself.',
  );
  app.register(async (scope) => {
    scope.addContentTypeParser<Buffer>('text/plain', { parseAs: 'buffer' }, (request, body, done) => {
      try {
        done(null, JSON.parse(decode(request, body)));
      } catch (error) {
        done(error instanceof OpsError ? error : new OpsError('invalid_input', 'The body is not valid JSON.', null));
      }
    });
    (scope as TypedServer).post(
      '/webhooks/sns',
      { bodyLimit: BODY_LIMIT_BYTES, schema: { body: SnsMessageSchema }, config: { access: 'own', doc: about } },
      async (request) => {
        const message = request.body;
        await gate.require(message, parts.clock.now());
        if (message.Type === 'SubscriptionConfirmation') await gate.confirm(message);
        return await accept(message.Type === 'Notification' ? snsAlarms(message) : []);
      },
    );
  });
}

/** A signature with the shared secret, or a token of scope `ingest`; a wrong signature is refused even beside a good token. */
async function authorise(request: FastifyRequest, parts: HttpParts, authenticate: Authenticator): Promise<void> {
  const { headers, rawBody } = request;
  const { secret } = parts.settings.webhooks;
  const body = rawBody ?? Buffer.alloc(0);
  const [ours, grafanas] = [one(headers['x-opsloop-signature']), one(headers['x-grafana-alerting-signature'])];
  if (ours === undefined && grafanas === undefined) {
    await authenticate(headers.authorization, 'ingest');
    return;
  }
  const nowMs = parts.clock.now();
  const holds =
    secret !== null &&
    (ours !== undefined
      ? isSigned(secret, body, one(headers['x-opsloop-timestamp']), ours, nowMs)
      : isSignedByGrafana(secret, body, one(headers['x-grafana-alerting-timestamp']), grafanas ?? '', nowMs));
  if (!holds)
    throw new Unauthenticated(
      'The signature does not hold.',
      'Check the shared secret (OPSLOOP_WEBHOOK_SECRET), the time, and that the body is signed as it is sent.',
    );
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
