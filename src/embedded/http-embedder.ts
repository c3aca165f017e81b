import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { Embedder } from './embedding.ts';

const BATCH = 64;
const MAX_TEXT = 8000;
const AnswerSchema = z.object({ data: z.array(z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1) })) });

export interface HttpEmbedderOptions {
  readonly url: string; // up to and without /embeddings, e.g. http://127.0.0.1:11434/v1
  readonly model: string;
  readonly dimensions: number;
  readonly apiKey: string | null;
  readonly timeoutMs: number; // of one request
}

/**
 * Embeddings from an endpoint that speaks the OpenAI embeddings API, for instance a local Ollama. They widen what a search
 * considers; how alike two texts are is still weighed by the lexicon. Errors: `unavailable` when it does not answer or is busy,
 * `invalid_input` when it refuses the request, answers something else, or gives vectors of another length.
 */
export function httpEmbedder(options: HttpEmbedderOptions): Embedder {
  return {
    name: `${options.model}/${options.dimensions}`,
    dimensions: options.dimensions,
    embed: async (texts, signal) => {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += BATCH) vectors.push(...(await request(options, texts.slice(at, at + BATCH), signal)));
      return vectors;
    },
  };
}

async function request(options: HttpEmbedderOptions, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
  const parsed = AnswerSchema.safeParse(await post(options, texts, signal));
  if (!parsed.success)
    throw new OpsError('invalid_input', `The embedding endpoint at ${options.url} answers something else.`, 'Check its address and the model.');
  const vectors = texts.map((_, i) => parsed.data.data.find(({ index }) => index === i)?.embedding ?? []);
  const wrong = vectors.find(({ length }) => length !== options.dimensions);
  if (wrong === undefined) return vectors.map((vector) => Float32Array.from(vector));
  throw new OpsError(
    'invalid_input',
    `${options.model} gives vectors of ${wrong.length} numbers, not ${options.dimensions}.`,
    'Set the dimensions to those of the model.',
  );
}

async function post(options: HttpEmbedderOptions, texts: readonly string[], signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(`${options.url.replace(/\/+$/, '')}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(options.apiKey === null ? {} : { authorization: `Bearer ${options.apiKey}` }) },
    body: JSON.stringify({ model: options.model, input: texts.map((text) => text.slice(0, MAX_TEXT)) }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  }).catch((error: unknown) => {
    throw new OpsError('unavailable', `The embedding endpoint at ${options.url} does not answer.`, 'Check that it runs; searches go on without it.', {
      cause: error,
    });
  });
  if (answer.ok) return await answer.json().catch(() => null);
  await answer.body?.cancel();
  const again = answer.status === 429 || answer.status >= 500;
  throw new OpsError(
    again ? 'unavailable' : 'invalid_input',
    `The embedding endpoint refused with status ${answer.status}.`,
    again ? 'Try again later.' : 'Check key and model.',
  );
}
