import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AwsState, Refusal } from './state.ts';

export interface Double {
  readonly url: string;
  readonly state: AwsState;
  close(): Promise<void>;
}

/** What moto lacks, in AWS's own wire shapes: LookupEvents, Insights, AWS Config, AppConfig deployments, SSM Automation and Bedrock. */
export async function startDouble(): Promise<Double> {
  const state = new AwsState();
  const server = createServer((request, response) => {
    answer(state, request, response).catch((thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const status = error instanceof Refusal ? error.status : 500;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': error.name });
      response.end(JSON.stringify({ __type: error.name, message: error.message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(state: AwsState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const target = request.headers['x-amz-target'];
  const name = typeof target === 'string' ? (target.split('.').at(-1) ?? '') : restName(request);
  state.calls.push(name);
  if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
  const fault = state.faults.get(name);
  if (fault !== undefined) throw new Refusal(fault.name, fault.message, fault.status);
  if (name === 'Retrieve') await state.rank(String((body['retrievalQuery'] as { text?: string } | undefined)?.text), body);
  const handler = state.handlers[name];
  if (handler === undefined) throw new Refusal('UnknownOperationException', `the double does not know ${name} (${request.method} ${request.url})`);
  const result = JSON.stringify(handler(body));
  response.writeHead(name === 'StartIngestionJob' ? 202 : 200, { 'content-type': 'application/json' });
  response.end(result);
}

/** Bedrock and AppConfig speak REST. */
function restName(request: IncomingMessage): string {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (request.method === 'POST' && /^\/knowledgebases\/\w+\/retrieve$/.test(path)) return 'Retrieve';
  if (request.method === 'PUT' && /\/ingestionjobs\/?$/.test(path)) return 'StartIngestionJob';
  if (request.method === 'GET' && /\/ingestionjobs\/\w+$/.test(path)) return 'GetIngestionJob';
  if (request.method === 'GET' && /^\/knowledgebases\/\w+\/?$/.test(path)) return 'GetKnowledgeBase';
  if (/^\/applications\/\w+\/environments\/\w+\/deployments$/.test(path)) return request.method === 'POST' ? 'StartDeployment' : 'ListDeployments';
  if (request.method === 'POST' && /^\/model\/[^/]+\/invoke$/.test(path)) return 'InvokeModel';
  if (request.method === 'DELETE' && /\/deployments\/\d+$/.test(path)) return 'StopDeployment';
  return path;
}
