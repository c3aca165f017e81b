import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Clients } from '../../src/aws/clients.ts';
import { bedrockEmbedder } from '../../src/aws/embedder.ts';
import type { Scope } from '../../src/aws/scope.ts';
import { parseConfig } from '../../src/config.ts';

/** Bedrock's InvokeModel on this machine: what it was asked, and what it answers. */
let server: Server;
let asked: { path: string; body: Record<string, unknown> }[] = [];
let answer: (body: Record<string, unknown>) => { status: number; body: unknown; error?: string; afterMs?: number };
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
      asked.push({ path: decodeURIComponent(request.url ?? ''), body });
      const { status, body: said, error, afterMs = 0 } = answer(body);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...(error === undefined ? {} : { 'x-amzn-errortype': error }) });
        response.end(JSON.stringify(said));
      }, afterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'] = `http://127.0.0.1:${address.port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked = [];
});

const scope = { label: 'default eu-central-1', read: new Clients({ region: 'eu-central-1', attempts: 1 }) } as unknown as Scope;
const embedder = (model: string, dimensions = 3, timeoutMs = 5000) => bedrockEmbedder(scope, { model, dimensions, timeoutMs });
const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-multilingual-v3';

it('asks Titan a text at a time for the length that was configured', async () => {
  answer = () => ({ status: 200, body: { embedding: [1, 2, asked.length], inputTextTokenCount: 3 } });
  const vectors = await embedder(TITAN).embed(['磁盘满', 'disk full'], signal());
  expect(vectors.map((vector) => [...vector])).toEqual([
    [1, 2, 1],
    [1, 2, 2],
  ]);
  expect(asked).toEqual(['磁盘满', 'disk full'].map((inputText) => ({ path: `/model/${TITAN}/invoke`, body: { inputText, dimensions: 3, normalize: true } })));
});

it('asks Cohere for 96 texts at a time, and tells questions from documents', async () => {
  answer = ({ texts }) => ({ status: 200, body: { embeddings: (texts as string[]).map((text) => [text.length, 0, 0]) } });
  const vectors = await embedder(COHERE).embed(
    Array.from({ length: 100 }, (_, n) => 'x'.repeat(n)),
    signal(),
  );
  expect(vectors.map((vector) => vector[0])).toEqual(Array.from({ length: 100 }, (_, n) => n));
  await embedder(COHERE).embed(['why'], signal(), 'query');
  expect(asked.map(({ body }) => [(body['texts'] as string[]).length, body['input_type']])).toEqual([
    [96, 'search_document'],
    [4, 'search_document'],
    [1, 'search_query'],
  ]);
});

it('reads the newer shape of Cohere, and asks it for a length', async () => {
  answer = () => ({ status: 200, body: { embeddings: { float: [[1, 2, 3]] } } });
  expect((await embedder('eu.cohere.embed-v4:0').embed(['a'], signal()))[0]).toEqual(Float32Array.from([1, 2, 3]));
  expect(asked[0]?.body).toMatchObject({ output_dimension: 3, embedding_types: ['float'] });
});

it('refuses vectors of another length and answers that are none, in words', async () => {
  answer = () => ({ status: 200, body: { embedding: [1, 2] } });
  await expect(embedder(TITAN).embed(['a'], signal())).rejects.toThrow('vectors of 2 numbers, not 3');
  answer = () => ({ status: 200, body: { completion: 'hello' } });
  await expect(embedder(TITAN).embed(['a'], signal())).rejects.toMatchObject({ code: 'invalid_input' });
});

it('names what AWS refuses, and does not wait longer than it may', async () => {
  answer = () => ({ status: 403, body: { message: 'no' }, error: 'AccessDeniedException' });
  await expect(embedder(TITAN).embed(['a'], signal())).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('bedrock:InvokeModel') as string,
  });
  answer = () => ({ status: 429, body: { message: 'slow' }, error: 'ThrottlingException' });
  await expect(embedder(TITAN).embed(['a'], signal())).rejects.toMatchObject({ code: 'limited' });
  answer = () => ({ status: 200, body: { embedding: [1, 2, 3] }, afterMs: 2000 });
  await expect(embedder(TITAN, 3, 100).embed(['a'], signal())).rejects.toMatchObject({ code: 'unavailable' });
});

it('is configured by kind, with only its own settings', () => {
  const embeddings = (value: object) => parseConfig({ knowledge: { embeddings: value } }).knowledge.embeddings;
  expect(embeddings({ kind: 'bedrock', model: COHERE, dimensions: 1024 })).toMatchObject({ timeout_ms: 5000 });
  expect(() => embeddings({ kind: 'bedrock', model: 'gpt', dimensions: 1024 })).toThrow('titan-embed');
  expect(() => embeddings({ kind: 'lexicon', url: 'http://127.0.0.1' })).toThrow('url');
  expect(parseConfig({}).knowledge.embeddings).toEqual({ kind: 'lexicon' });
});
