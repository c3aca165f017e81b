import { setTimeout as sleep } from 'node:timers/promises';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { toOpsError } from '../domain/errors.ts';
import type { Step, StepFacts } from '../domain/step.ts';
import { watchSlack } from '../metrics/requests.ts';
import { VERSION } from '../version.ts';
import { withFacts } from './steps.ts';

export interface Telemetry {
  readonly step: Step;
  /** Sends what is still waiting, within bounds. */
  close(): Promise<void>;
}

const EXPORT_TIMEOUT_MS = 5000;
const CLOSE_MS = 1500;
const QUEUE_MAX = 4096; // spans that wait; more are dropped
const VALUE_MAX_CHARS = 200;

/**
 * Traces to an OTLP collector over HTTP (`…/v1/traces`). Loaded only when the config names one. A collector that is away costs
 * spans, never work. Spans hold ids, names, codes and counts; error messages stay in the log.
 */
export function openTelemetry(settings: { readonly url: string; readonly slackUrl: string }): Telemetry {
  const exporter = new OTLPTraceExporter({ url: settings.url, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'opsloop', 'service.version': VERSION }),
    spanLimits: { attributeValueLengthLimit: VALUE_MAX_CHARS },
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE_MAX, scheduledDelayMillis: 2000, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('opsloop', VERSION);
  const contexts = new AsyncLocalStorageContextManager().enable(); // of our own, not the process's
  const begin = (name: string, facts: StepFacts): Span => tracer.startSpan(name, { attributes: attributesOf(facts) }, contexts.active());
  const step: Step = (name, facts, work) => {
    const span = begin(name, facts);
    const inside = trace.setSpan(contexts.active(), span);
    return contexts.with(inside, () =>
      withFacts({ ...facts, trace: span.spanContext().traceId }, async () => {
        try {
          return await work((more) => span.setAttributes(attributesOf(more)));
        } catch (thrown) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: toOpsError(thrown).code });
          throw thrown;
        } finally {
          span.end();
        }
      }),
    );
  };
  const stopWatching = watchSlack(
    settings.slackUrl,
    (method) => (method === null ? null : begin('slack', { method })),
    (span, { status }) => {
      if (span === null) return;
      span.setAttributes(attributesOf({ status: status ?? 0 }));
      if (status === null || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  );
  return {
    step,
    async close() {
      stopWatching();
      contexts.disable();
      const sent = provider.shutdown().catch(() => undefined); // a collector that is away is no reason not to stop
      await Promise.race([sent, sleep(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

const attributesOf = (facts: StepFacts): StepFacts => Object.fromEntries(Object.entries(facts).map(([name, value]) => [`opsloop.${name}`, value]));
