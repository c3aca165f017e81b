import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface RawSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: number } }[];
}
export interface GotSpan {
  readonly name: string;
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly failed: string | null;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** An OTLP collector on the loopback that keeps what it is sent. */
export async function collector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += String(data);
    });
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    text: () => bodies.join('\n'),
    spans: () => bodies.flatMap(spansIn),
  };
}

function spansIn(body: string): GotSpan[] {
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: RawSpan[] }[] }[] };
  return resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)).map(gotSpan);
}

function gotSpan({ name, traceId, spanId, parentSpanId, status, attributes }: RawSpan): GotSpan {
  const facts = attributes.map(({ key, value }) => [key.replace(/^opsloop\./, ''), value.stringValue ?? Number(value.intValue)] as const);
  return {
    name,
    trace: traceId,
    id: spanId,
    parent: parentSpanId || null,
    failed: status.code === 2 ? (status.message ?? '') : null,
    facts: Object.fromEntries(facts),
  };
}
