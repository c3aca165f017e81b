import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { TextEmbedder } from '../domain/ports.ts';
import { awsError } from './errors.ts';
import type { Scope } from './scope.ts';

const COHERE_BATCH = 96; // texts of one request
const MAX_TEXT = 8000; // characters; Titan reads 8,192 tokens
const COHERE_TEXT = 2000; // Cohere's third generation reads 512 tokens, and refuses over 2,048 characters
const API = 'bedrock:InvokeModel';

const Numbers = z.array(z.number()).min(1);
const TitanAnswer = z.object({ embedding: Numbers });
const CohereAnswer = z.object({ embeddings: z.union([z.array(Numbers), z.object({ float: z.array(Numbers) })]) });

export interface BedrockEmbedderSettings {
  readonly model: string; // amazon.titan-embed-text-v2:0, cohere.embed-multilingual-v3, …
  readonly dimensions: number;
  readonly timeoutMs: number; // of one request
}

/**
 * Embeddings from a model on Bedrock: Amazon Titan (a text a request) or Cohere (96 a request, which reads questions and documents
 * differently). Errors: `invalid_input` when it answers something else or with vectors of another length; otherwise as AWS says.
 */
export function bedrockEmbedder(scope: Scope, settings: BedrockEmbedderSettings): TextEmbedder {
  const { model, dimensions } = settings;
  const isCohere = /(?:^|\.)cohere\./.test(model);
  return {
    name: `${model}/${dimensions}`,
    dimensions,
    embed: async (texts, signal, purpose = 'document') => {
      const vectors: Float32Array[] = [];
      const batch = isCohere ? COHERE_BATCH : 1;
      for (let at = 0; at < texts.length; at += batch) {
        const some = texts.slice(at, at + batch);
        const body = isCohere ? cohereBody(some, purpose, model, dimensions) : titanBody(some[0] ?? '', model, dimensions);
        const answer = await invoke(scope, settings, body, signal);
        vectors.push(...read(answer, isCohere, some.length, settings));
      }
      return vectors;
    },
  };
}

/** Only the second generation can be asked for a length. */
const titanBody = (text: string, model: string, dimensions: number): object =>
  model.includes('embed-text-v2') ? { inputText: text.slice(0, MAX_TEXT), dimensions, normalize: true } : { inputText: text.slice(0, MAX_TEXT) };

const cohereBody = (texts: readonly string[], purpose: 'document' | 'query', model: string, dimensions: number): object => ({
  texts: texts.map((text) => text.slice(0, COHERE_TEXT)),
  input_type: purpose === 'query' ? 'search_query' : 'search_document',
  truncate: 'END',
  ...(model.includes('embed-v4') ? { output_dimension: dimensions, embedding_types: ['float'] } : {}),
});

async function invoke(scope: Scope, { model, timeoutMs }: BedrockEmbedderSettings, body: object, signal: AbortSignal): Promise<unknown> {
  const command = new InvokeModelCommand({ modelId: model, contentType: 'application/json', accept: 'application/json', body: JSON.stringify(body) });
  try {
    const answer = await scope.read.bedrockModels.send(command, { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    return JSON.parse(new TextDecoder().decode(answer.body));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw awsError(thrown, API, scope);
  }
}

function read(answer: unknown, isCohere: boolean, count: number, { model, dimensions }: BedrockEmbedderSettings): Float32Array[] {
  const vectors = isCohere ? cohereVectors(answer) : titanVectors(answer);
  if (vectors?.length !== count)
    throw new OpsError('invalid_input', `${model} on Bedrock answers something else than embeddings.`, 'Name an embedding model of Titan or Cohere.');
  const wrong = vectors.find(({ length }) => length !== dimensions);
  if (wrong === undefined) return vectors.map((vector) => Float32Array.from(vector));
  throw new OpsError(
    'invalid_input',
    `${model} gives vectors of ${wrong.length} numbers, not ${dimensions}.`,
    'Set knowledge.embeddings.dimensions to those of the model.',
  );
}

function titanVectors(answer: unknown): number[][] | null {
  const { data } = TitanAnswer.safeParse(answer);
  return data === undefined ? null : [data.embedding];
}

function cohereVectors(answer: unknown): number[][] | null {
  const { data } = CohereAnswer.safeParse(answer);
  if (data === undefined) return null;
  return Array.isArray(data.embeddings) ? data.embeddings : data.embeddings.float;
}
