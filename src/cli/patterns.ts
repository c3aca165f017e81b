import { type Account, type Base, embedderOf, openBase, openSharedVectors } from '../base.ts';
import { type Config, loadConfig, storeAddress } from '../config.ts';
import { actorName, system } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import { requireSubject } from '../domain/names.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { PatternVersion, Store } from '../domain/store.ts';
import { openFolderArchive } from '../embedded/archive.ts';
import type { Embedder } from '../embedded/embedding.ts';
import { reembedFile } from '../embedded/reembed.ts';
import type { Progress, Reembedded } from '../embedded/reembedding.ts';
import { importPatterns, patternHistory, revertPattern } from '../loop/learning/history.ts';
import { archiveText, withoutEmbedding } from '../loop/learning/keep.ts';
import { analyse } from '../pattern/analyse.ts';
import { patternKey } from '../pattern/archive-keys.ts';
import { openStore } from '../store/open.ts';
import { openAccount } from './account.ts';
import { type CheckedFiles, checkFiles, problemLine } from './pattern-files.ts';
import { withProgress } from './progress.ts';

const ACTOR = system('cli');
const SEARCH_TIMEOUT_MS = 10_000;
const REEMBED_TIMEOUT_MS = 3_600_000;
const PAGE = 500;
const systemClock = { now: () => Date.now() };
const DAY_MS = 86_400_000;
const MOST_FACTS = 5000; // of a kind, that drafts are made of
const MOST_PROBLEMS = 200; // printed

/** `opsloop patterns …`: the pattern library as files, how it came to be, and its embeddings. */
export async function patterns(verb: string, args: readonly string[]): Promise<void> {
  if (verb === 'lint') return lint(checkFiles(need(args[0], 'what to check')));
  if (verb === 'reembed') return await reembed();
  if (verb === 'import') requireClean(checkFiles(need(args[0], 'what to import'))); // before anything is opened
  const config = loadConfig();
  const account: Partial<Account> = config.account.kind === 'aws' ? await openAccount(config) : {};
  const base = await openBase(config, undefined, account);
  try {
    process.stdout.write(`${await run(base, verb, args)}\n`);
  } finally {
    await base.knowledge.close();
    account.close?.();
    await base.store.close();
  }
}

async function run(base: Base, verb: string, args: readonly string[]): Promise<string> {
  switch (verb) {
    case 'import':
      return await take(base, requireClean(checkFiles(need(args[0], 'what to import'), await base.knowledge.list())));
    case 'export':
      return await give(base, need(args[0], 'the folder to write'));
    case 'history':
      return (await patternHistory(base, idOf(args[0]))).map(versionLine).join('\n') || 'It has never changed.';
    case 'revert': {
      const version = Number(need(args[1], 'the version'));
      if (!Number.isInteger(version) || version < 1) throw new OpsError('invalid_input', `"${args[1]}" is not a version.`, 'Versions are 1, 2, 3, …');
      const saved = await revertPattern(base, idOf(args[0]), version, ACTOR);
      return `${saved.pattern_id} is as it was in version ${version}: ${saved.title}. What was observed since no longer counts.`;
    }
    case 'discover':
      return JSON.stringify(await discover(base), null, 2);
    case 'search': {
      const { matches, source } = await base.knowledge.search(
        { text: need(args.join(' ') || undefined, 'what to look for'), limit: 5 },
        AbortSignal.timeout(SEARCH_TIMEOUT_MS),
      );
      return [...matches.map((one) => `${one.similarity.toFixed(2)}  ${one.patternId}  ${one.title}  (${one.why.join(', ')})`), `from ${source}`].join('\n');
    }
    default:
      throw new OpsError('invalid_input', `"patterns ${verb}" is not a command.`, 'Use import, export, lint, history, revert, search, discover or reembed.');
  }
}

function lint({ files, patterns: found, problems }: CheckedFiles): void {
  for (const problem of problems.slice(0, MOST_PROBLEMS)) process.stdout.write(`${problemLine(problem)}\n`);
  process.stdout.write(
    problems.length === 0 ? `${found.length} patterns in ${files} files are in order.\n` : `${problems.length} problems in ${files} files.\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

function requireClean(checked: CheckedFiles): CheckedFiles {
  const { problems } = checked;
  if (problems.length === 0) return checked;
  const lines = problems.slice(0, MOST_PROBLEMS).map(problemLine).join('\n');
  throw new OpsError('invalid_input', `Nothing was imported, ${problems.length} problems:\n${lines}`, 'Mend them and import again.');
}

async function take(base: Base, checked: CheckedFiles): Promise<string> {
  const { added, changed, unchanged } = await withProgress('Importing', false, (tell) => importPatterns(base, checked.patterns, ACTOR, tell));
  return `${added.length} patterns added, ${changed.length} changed, ${unchanged} as they were.`;
}

async function give(base: Base, folder: string): Promise<string> {
  const target = openFolderArchive(folder);
  const all = await base.knowledge.list();
  for (const pattern of all) await target.put(patternKey(pattern), archiveText(withoutEmbedding(pattern)));
  return `${all.length} patterns are in ${folder}/patterns.`;
}

/** Drafts out of what was collected in the last day: for a person to read, complete and import. */
async function discover({ store, knowledge, clock }: Base): Promise<readonly Pattern[]> {
  const window = { fromMs: clock.now() - DAY_MS, toMs: clock.now() };
  const [anomalies, logLines, changes, topology, known] = await Promise.all([
    store.anomalies.between(window, MOST_FACTS),
    store.signals.logs({ window, limit: MOST_FACTS }),
    store.signals.changes(window, MOST_FACTS),
    store.signals.topology(),
    knowledge.list(),
  ]);
  let next = Math.max(0, ...known.map(({ pattern_id }) => Number(/\d+$/.exec(pattern_id)?.[0] ?? 0)));
  return analyse({ anomalies, logLines, changes, resources: topology.resources }, () => {
    next += 1;
    return `PAT-${String(next).padStart(3, '0')}`;
  });
}

async function reembed(): Promise<void> {
  const config = loadConfig();
  const account: Partial<Account> = config.account.kind === 'aws' ? await openAccount(config) : {};
  const embedder = embedderOf(config, account);
  const late = AbortSignal.timeout(REEMBED_TIMEOUT_MS);
  try {
    const shared = await withProgress('Embedding', false, (tell) => reembedShared(config, embedder, tell, late));
    const { embedded, failed } = shared ?? (await withProgress('Embedding', false, (tell) => reembedFile(config.knowledge.path, embedder, tell, late)));
    const then =
      shared === null ? 'A running opsloop goes over to it by itself.' : 'They are in the database; replicas use them once they start with these settings.';
    process.stdout.write(`${embedded} patterns are embedded by ${embedder.name}. ${then}\n`);
    if (failed.length === 0) return;
    for (const { patternId, reason } of failed.slice(0, MOST_PROBLEMS)) process.stdout.write(`${patternId}: ${reason}\n`);
    process.stdout.write(
      `${failed.length} could not be embedded and are found by their words alone. Run "opsloop patterns reembed" again: it tries only these.\n`,
    );
    process.exitCode = 1;
  } finally {
    account.close?.();
  }
}

/** Where replicas share their vectors in the database: the patterns that they share, for the settings of now. Null: each has its own. */
async function reembedShared(config: Config, embedder: Embedder, tell: Progress, signal: AbortSignal): Promise<Reembedded | null> {
  if (config.store.url === undefined) return null;
  const store = await openStore(storeAddress(config));
  try {
    const vectors = await openSharedVectors(store, embedder, systemClock);
    return vectors === null ? null : await vectors.reembed(await sharedRecords(store), tell, signal);
  } finally {
    await store.close();
  }
}

async function sharedRecords({ sharedPatterns }: Pick<Store, 'sharedPatterns'>): Promise<readonly Pattern[]> {
  const records: Pattern[] = [];
  for (let after = 0; ; ) {
    const { changes, sequence } = await sharedPatterns.since(after, PAGE);
    records.push(...changes.flatMap(({ record }) => record ?? []));
    if (changes.length < PAGE) return records;
    after = sequence;
  }
}

function versionLine({ version, atMs, actor, reason, record }: PatternVersion): string {
  const solutions = record.solutions.map(({ action, confidence }) => `${action} ${confidence.toFixed(2)}`).join(', ');
  return `${String(version).padStart(3)}  ${new Date(atMs).toISOString()}  ${actorName(actor)}  ${reason}  ${record.title}  [${solutions}]`;
}

const idOf = (text: string | undefined): string => requireSubject(need(text, 'which pattern'), 'pattern').id;

function need(value: string | undefined, what: string): string {
  if (value === undefined) throw new OpsError('invalid_input', `Say ${what}.`, 'For example: opsloop patterns lint patterns/');
  return value;
}
