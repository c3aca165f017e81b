import { type KnowledgeBaseRetrievalResult, type RetrievalFilter, RetrieveCommand, type SearchType } from '@aws-sdk/client-bedrock-agent-runtime';
import { OpsError } from '../domain/errors.ts';
import type { IngestionView } from '../domain/ingestion.ts';
import type { Pattern, PatternMatch } from '../domain/pattern.ts';
import type { KnowledgeBase, KnowledgeQuery } from '../domain/ports.ts';
import { awsError } from './errors.ts';
import type { Scope } from './scope.ts';
import type { AwsSettings } from './settings.ts';

type Closable = KnowledgeBase & { close(): Promise<void> };
type KnowledgeSettings = NonNullable<AwsSettings['knowledge']>;

const RESULTS_A_PAGE = 25;
const MOST_PAGES = 4;
const MOST_LIMIT = 50;

export const BEDROCK = 'bedrock';
export const BEDROCK_IS_AWAY = 'embedded (Bedrock did not answer)';

/**
 * The Bedrock Knowledge Base over the S3 archive, in front of the embedded index that holds the full records. Bedrock ranks; when
 * it does not answer in time the embedded index does, and `source` says so.
 */
export class BedrockKnowledge implements KnowledgeBase {
  readonly name = BEDROCK;
  readonly #scope: Scope;
  readonly #settings: KnowledgeSettings;
  readonly #embedded: Closable;
  readonly #ingestion: () => IngestionView;
  #searchType: SearchType = 'HYBRID';

  constructor(scope: Scope, settings: KnowledgeSettings, embedded: Closable, ingestion: () => IngestionView) {
    this.#scope = scope;
    this.#settings = settings;
    this.#embedded = embedded;
    this.#ingestion = ingestion;
  }

  async search(query: KnowledgeQuery, signal: AbortSignal): Promise<{ readonly matches: readonly PatternMatch[]; readonly source: string }> {
    const limit = Math.min(MOST_LIMIT, Math.max(1, Math.trunc(query.limit)));
    if (query.text.trim() === '') return { matches: [], source: this.name };
    const late = AbortSignal.any([signal, AbortSignal.timeout(this.#settings.timeout_ms)]);
    try {
      return { matches: await this.#retrieve(query, limit, late), source: this.name };
    } catch (thrown) {
      if (signal.aborted) throw new OpsError('unavailable', 'The pattern search was stopped.', 'Try again.', { cause: thrown });
      const { matches } = await this.#embedded.search(query, signal);
      return { matches, source: BEDROCK_IS_AWAY };
    }
  }

  save(patterns: readonly Pattern[]): Promise<readonly Pattern[]> {
    return this.#embedded.save(patterns);
  }

  remove(patternIds: readonly string[]): Promise<void> {
    return this.#embedded.remove(patternIds);
  }

  get(patternId: string): Promise<Pattern | null> {
    return this.#embedded.get(patternId);
  }

  list(): Promise<readonly Pattern[]> {
    return this.#embedded.list();
  }

  count(): Promise<number> {
    return this.#embedded.count();
  }

  ingestion(): IngestionView {
    return this.#ingestion();
  }

  close(): Promise<void> {
    return this.#embedded.close();
  }

  /** Pages until there are enough different patterns; several chunks of one pattern are one match, by its best. */
  async #retrieve(query: KnowledgeQuery, limit: number, signal: AbortSignal): Promise<PatternMatch[]> {
    const best = new Map<string, PatternMatch>();
    let nextToken: string | undefined;
    for (let page = 0; page < MOST_PAGES && best.size < limit; page += 1) {
      const answer = await this.#page(query, nextToken, signal);
      for (const result of answer.results) {
        const match = await this.#matchOf(result, query);
        const before = match === null ? undefined : best.get(match.patternId);
        if (match !== null && (before === undefined || before.similarity < match.similarity)) best.set(match.patternId, match);
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return [...best.values()].sort((a, b) => b.similarity - a.similarity).slice(0, limit);
  }

  async #page(
    query: KnowledgeQuery,
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<{ results: readonly KnowledgeBaseRetrievalResult[]; nextToken: string | undefined }> {
    try {
      return await this.#ask(query, nextToken, signal);
    } catch (thrown) {
      // Not every vector store can do hybrid search; that is found out once.
      if (this.#searchType !== 'HYBRID' || !(thrown instanceof Error) || thrown.name !== 'ValidationException')
        throw awsError(thrown, 'bedrock:Retrieve', this.#scope);
      this.#searchType = 'SEMANTIC';
      return await this.#ask(query, nextToken, signal);
    }
  }

  async #ask(query: KnowledgeQuery, nextToken: string | undefined, abortSignal: AbortSignal) {
    const filter = filterOf(query);
    const vectorSearchConfiguration = { numberOfResults: RESULTS_A_PAGE, overrideSearchType: this.#searchType, ...(filter === null ? {} : { filter }) };
    const answer = await this.#scope.read.bedrockRuntime.send(
      new RetrieveCommand({
        knowledgeBaseId: this.#settings.knowledge_base_id,
        retrievalQuery: { text: query.text.slice(0, this.#settings.query_limit) },
        retrievalConfiguration: { vectorSearchConfiguration },
        nextToken,
      }),
      { abortSignal },
    );
    return { results: answer.retrievalResults ?? [], nextToken: answer.nextToken };
  }

  /** The full record behind a result; a chunk of something that is no known pattern (a runbook, a removed pattern) is left out. */
  async #matchOf(result: KnowledgeBaseRetrievalResult, query: KnowledgeQuery): Promise<PatternMatch | null> {
    const id = result.metadata?.['pattern_id'];
    const pattern = typeof id === 'string' ? await this.#embedded.get(id) : null;
    if (pattern === null || !fits(pattern, query)) return null;
    const similarity = Math.min(1, Math.max(0, result.score ?? 0));
    const why = (result.content?.text ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 200);
    return { patternId: pattern.pattern_id, title: pattern.title, category: pattern.category, similarity, why: why === '' ? [] : [why] };
  }
}

/** The filters that the sidecars carry; the rest is checked on the full record. */
function filterOf(query: KnowledgeQuery): RetrievalFilter | null {
  const all: RetrievalFilter[] = [];
  if (query.categories !== undefined && query.categories.length > 0) all.push({ in: { key: 'category', value: [...query.categories] } });
  if (query.seenSince !== undefined) all.push({ greaterThanOrEquals: { key: 'last_seen', value: Number(query.seenSince.replaceAll('-', '')) } });
  const [first, second] = all;
  if (first === undefined) return null;
  return second === undefined ? first : { andAll: all };
}

function fits(pattern: Pattern, query: KnowledgeQuery): boolean {
  const { categories, service, seenSince } = query;
  if (categories !== undefined && categories.length > 0 && !categories.includes(pattern.category)) return false;
  if (seenSince !== undefined && (pattern.metadata.last_seen === null || pattern.metadata.last_seen < seenSince)) return false;
  if (service === undefined) return true;
  const words = [pattern.title, pattern.description, ...pattern.symptoms, ...pattern.root_causes].join(' ').toLowerCase();
  return words.includes(service.toLowerCase());
}
