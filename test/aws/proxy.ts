import { createServer, type IncomingMessage, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  | { readonly kind: 'error'; readonly status: number; readonly name: string }
  | { readonly kind: 'answer'; readonly body: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> } // what moto does not know; text is sent as it is
  | { readonly kind: 'cut' } // the request arrives, the answer does not
  | { readonly kind: 'refuse' } // neither arrives
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultProxy {
  readonly url: string;
  /** How a request is spoiled, or null. `service` is the signing name, `seen` counts its requests. */
  spoil: (request: { readonly service: string; readonly path: string; readonly body: string; readonly seen: number }) => Fault | null;
  requests(service: string): number;
  /** What was asked for since the last look, by the names of IAM: `ecs:UpdateService`. */
  calls(): readonly string[];
  close(): Promise<void>;
}

/** Stands between the SDK and a server, and throttles, cuts or delays what a test names. */
export async function startProxy(upstream: string): Promise<FaultProxy> {
  const counts = new Map<string, number>();
  let calls: string[] = [];
  const { hostname, port } = new URL(upstream);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'unknown';
    const seen = (counts.get(service) ?? 0) + 1;
    counts.set(service, seen);
    calls.push(callOf(request, service, body.toString('latin1')));
    const fault = proxy.spoil({ service, path: request.url ?? '', body: body.toString('latin1'), seen });
    if (fault?.kind === 'refuse') return void request.socket.destroy();
    if (fault?.kind === 'delay') await sleep(fault.ms);
    if (fault?.kind === 'answer') response.writeHead(fault.status ?? 200, fault.headers ?? {});
    if (fault?.kind === 'answer') return void response.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body));
    if (fault?.kind === 'error') {
      response.writeHead(fault.status, { 'content-type': 'application/json', 'x-amzn-errortype': fault.name, 'x-amzn-query-error': `${fault.name};Sender` });
      const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${fault.name}</Code><Message>spoiled</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
      return void response.end((request.headers['content-type'] ?? '').includes('json') ? JSON.stringify({ __type: fault.name, message: 'spoiled' }) : xml);
    }
    const forward = send({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      if (fault?.kind === 'cut') {
        answer.resume();
        answer.once('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    forward.once('error', () => request.socket.destroy());
    forward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${address.port}`,
    spoil: () => null,
    requests: (service) => counts.get(service) ?? 0,
    calls: () => {
      const seen = [...new Set(calls)].sort();
      calls = [];
      return seen;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

const PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', tagging: 'tag' }; // where IAM's name is not the signing name

/** Lambda speaks REST: what a method on a path means. */
const LAMBDA: readonly (readonly [RegExp, string])[] = [
  [/^GET .*\/configuration$/, 'GetFunctionConfiguration'],
  [/^PUT .*\/configuration$/, 'UpdateFunctionConfiguration'],
  [/^GET .*\/aliases\/[^/]+$/, 'GetAlias'],
  [/^PUT .*\/aliases\/[^/]+$/, 'UpdateAlias'],
  [/^GET .*\/versions$/, 'ListVersionsByFunction'],
  [/^GET .*\/concurrency$/, 'GetFunctionConcurrency'],
  [/^PUT .*\/concurrency$/, 'PutFunctionConcurrency'],
  [/^DELETE .*\/concurrency$/, 'DeleteFunctionConcurrency'],
  [/^GET .*\/account-settings\/?$/, 'GetAccountSettings'],
  [/^GET .*\/functions\/?$/, 'ListFunctions'],
  [/^GET .*\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
];

function callOf(request: IncomingMessage, service: string, body: string): string {
  const prefix = PREFIXES[service] ?? service;
  const target = request.headers['x-amz-target'];
  const path = (request.url ?? '').split('?')[0] ?? '';
  const rest = LAMBDA.find(([pattern]) => service === 'lambda' && pattern.test(`${request.method} ${path}`))?.[1];
  const name = typeof target === 'string' ? target.split('.').at(-1) : (/(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? /\/operation\/(\w+)$/.exec(path)?.[1]);
  return `${prefix}:${name ?? rest ?? `${request.method} ${path}`}`;
}
