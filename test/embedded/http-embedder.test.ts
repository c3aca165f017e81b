import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpEmbedder } from '../../src/embedded/http-embedder.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { DATABASE } from '../contracts/knowledge.ts';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done) ?? done(null));
  server = null;
});

interface Asked {
  readonly path: string;
  readonly key: string | undefined;
  readonly inputs: readonly string[];
}
/** An endpoint of the OpenAI kind; its vectors have `length` numbers and come in reverse order. */
async function endpoint(length: number, status = 200): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const made = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
    asked.push({ path: request.url ?? '', key: request.headers.authorization, inputs: input });
    const data = input.map((text, index) => ({ index, embedding: Array.from({ length }, (_, i) => text.length + i) })).reverse();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
  });
  server = made;
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}/v1`, asked };
}
const signal = (): AbortSignal => AbortSignal.timeout(5000);
const embedder = (url: string, dimensions = 3, apiKey: string | null = null) => httpEmbedder({ url, model: 'small', dimensions, apiKey, timeoutMs: 2000 });

describe('An embedding endpoint', () => {
  it('is asked in batches and its vectors are put in order', async () => {
    const { url, asked } = await endpoint(3);
    const vectors = await embedder(`${url}/`, 3, 'k').embed(
      Array.from({ length: 70 }, (_, i) => 'x'.repeat(i)),
      signal(),
    );
    expect(vectors.map((vector) => vector[0])).toEqual(Array.from({ length: 70 }, (_, i) => i));
    expect(asked.map(({ path, key, inputs }) => [path, key, inputs.length])).toEqual([
      ['/v1/embeddings', 'Bearer k', 64],
      ['/v1/embeddings', 'Bearer k', 6],
    ]);
  });

  it('serves a knowledge base', async () => {
    const { url } = await endpoint(3);
    const base = await openEmbeddedKnowledge(':memory:', { embedder: embedder(url) });
    expect((await base.save([DATABASE]))[0]?.embedding).toHaveLength(3);
    expect((await base.search({ text: 'too many connections', limit: 1 }, signal())).matches[0]?.patternId).toBe('PAT-002');
    await base.close();
  });

  it('is refused when its vectors have another length, and said to be busy, wrong or away', async () => {
    await expect(embedder((await endpoint(4)).url).embed(['x'], signal())).rejects.toMatchObject({ code: 'invalid_input' });
    server?.close();
    await expect(embedder((await endpoint(3, 503)).url).embed(['x'], signal())).rejects.toMatchObject({ code: 'unavailable' });
    server?.close();
    await expect(embedder((await endpoint(3, 401)).url).embed(['x'], signal())).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(embedder('http://127.0.0.1:1').embed(['x'], signal())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
