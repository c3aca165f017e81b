import type { Sources } from './collect/collector.ts';
import { type Config, loadConfig, storeAddress } from './config.ts';
import { OpsError, toOpsError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import { type Pattern, PatternSchema } from './domain/pattern.ts';
import type { Archive, Clock, KnowledgeBase, Narrator, Remediator, TextEmbedder } from './domain/ports.ts';
import type { Store } from './domain/store.ts';
import { openFolderArchive } from './embedded/archive.ts';
import { type Embedder, lexiconEmbedder } from './embedded/embedding.ts';
import { httpEmbedder } from './embedded/http-embedder.ts';
import { type EmbeddedKnowledge, openEmbeddedKnowledge, patternsOfFile } from './embedded/knowledge.ts';
import { loadLibrary } from './embedded/library.ts';
import { followShared } from './embedded/shared.ts';
import { openSharedKnowledge } from './embedded/shared-knowledge.ts';
import { SharedVectors } from './embedded/shared-vectors.ts';
import { silentLog } from './log.ts';
import { DatabaseClock } from './replicas/clock.ts';
import { isPostgres, openStore } from './store/open.ts';

/** What is watched and acted on: a real account, or the simulated one. */
export interface Account {
  readonly sources: Sources;
  readonly remediator: Remediator;
  /** Where the archive is, when not in a folder of this machine. */
  readonly archive?: Archive | null;
  /** Who words analyses, where the config wants that. */
  readonly narrator?: Narrator | null;
  /** Puts the account's own retrieval in front of the embedded index. */
  knowledge?(embedded: OpenKnowledge): OpenKnowledge;
  /** Embeddings by a model of the account's own. */
  embedder?(settings: { readonly model: string; readonly dimensions: number; readonly timeoutMs: number }): TextEmbedder;
  close?(): void;
}

type OpenKnowledge = KnowledgeBase & { close(): Promise<void> };

/** State and knowledge, opened: what everything else stands on. */
export interface Base {
  readonly store: Store;
  readonly knowledge: OpenKnowledge;
  readonly archive: Archive;
  readonly clock: Clock;
}

const systemClock: Clock = { now: () => Date.now() };

/**
 * Opens database, knowledge base and archive. A fresh knowledge base starts with what the archive holds, and with the library that
 * ships for whatever it lacks: a container that lost its disk comes back with everything learned.
 */
export async function openBase(
  config: Config,
  given: Clock = systemClock,
  account: Pick<Account, 'archive' | 'knowledge' | 'embedder'> = {},
  log: Log = silentLog,
): Promise<Base> {
  const address = storeAddress(config);
  const clock = isPostgres(address) && given === systemClock ? new DatabaseClock(given) : given;
  const store = await openStore(address, { clock, limits: { connections: config.store.connections } });
  const archive = account.archive ?? openFolderArchive(config.knowledge.archive);
  const vectors = await openSharedVectors(store, embedderOf(config, account), clock, log);
  const embedded = await openIndex(config, account, vectors);
  if ((await embedded.count()) === 0) {
    const library = await loadLibrary();
    const archived = account.archive == null ? [] : await archivedPatterns(archive);
    const before = vectors === null ? [] : patternsOfFile(config.knowledge.path);
    await embedded.take(firstOfEach([...before, ...archived, ...library.patterns]));
    for (const { key, content } of library.files) await archive.put(key, content, { ifMatch: null }).catch(keepExisting);
  }
  const index = store.engine === 'postgres' ? await followShared(embedded, store) : embedded;
  return { store, knowledge: account.knowledge?.(index) ?? index, archive, clock };
}

function firstOfEach(patterns: readonly Pattern[]): Pattern[] {
  const ids = new Set<string>();
  return patterns.filter(({ pattern_id: id }) => !ids.has(id) && ids.add(id));
}

/** Vectors in the database that replicas share, where it has pgvector; null: each index keeps its own. */
export async function openSharedVectors(
  { vectors: place }: Pick<Store, 'vectors'>,
  embedder: Embedder,
  clock: Clock,
  log: Log = silentLog,
): Promise<SharedVectors | null> {
  if (place === null) return null;
  const look = await place.prepare().catch((thrown: unknown) => ({ ready: false as const, reason: toOpsError(thrown).message, fix: null }));
  if (look.ready) log.info({ pgvector: look.version }, 'vectors of patterns are in the database, one copy for all replicas');
  else log.info({ reason: look.reason }, 'this replica keeps vectors of patterns in an index of its own');
  return look.ready ? new SharedVectors({ place, embedder, log, nowMs: () => clock.now() }) : null;
}

/** Where vectors are in the database, records and words are in a file of their own: the other one stays as it is, for when they no longer are. */
function openIndex(config: Config, account: Pick<Account, 'embedder'>, vectors: SharedVectors | null): Promise<EmbeddedKnowledge> {
  const embedder = embedderOf(config, account);
  if (vectors !== null) return openSharedKnowledge(wordsPath(config), embedder, vectors);
  // "patterns reembed" ran beside us, by settings that are newer than ours
  return openEmbeddedKnowledge(config.knowledge.path, { embedder, reload: () => embedderOf(loadConfig(), account) });
}

const wordsPath = ({ knowledge: { path } }: Config): string => (path === ':memory:' ? path : `${path}.words`);

/** What the config says turns texts into vectors. OpsError('invalid_input') when the account has no such models. */
export function embedderOf({ knowledge }: Config, account: Pick<Account, 'embedder'>): Embedder {
  const { embeddings } = knowledge;
  if (embeddings.kind === 'lexicon') return lexiconEmbedder();
  const { model, dimensions, timeout_ms: timeoutMs } = embeddings;
  if (embeddings.kind === 'openai') return httpEmbedder({ url: embeddings.url, model, dimensions, apiKey: embeddings.api_key ?? null, timeoutMs });
  if (account.embedder !== undefined) return account.embedder({ model, dimensions, timeoutMs });
  throw new OpsError(
    'invalid_input',
    'Embeddings by Bedrock need an AWS account.',
    'Set account.kind to aws, or knowledge.embeddings.kind to lexicon or openai.',
  );
}

async function archivedPatterns(archive: Archive): Promise<Pattern[]> {
  const patterns: Pattern[] = [];
  for (const key of await archive.list('patterns/')) {
    const { data } = PatternSchema.safeParse(readJson((await archive.get(key))?.content ?? ''));
    if (data === undefined) continue; // somebody's half-written file: "patterns lint" finds it
    const { embedding: _made, ...record } = data;
    patterns.push(record);
  }
  return patterns;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What people changed in the archive is theirs. */
function keepExisting(thrown: unknown): void {
  if (!(thrown instanceof OpsError && thrown.code === 'conflict')) throw thrown;
}
