import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig } from '../config.ts';
import { OpsError } from '../domain/errors.ts';
import { openStore } from '../store/open.ts';
import { backupStore } from '../store/sqlite/backup.ts';
import { restoreStore } from '../store/sqlite/restore.ts';
import { withProgress } from './progress.ts';
import { holdStore } from './start-lock.ts';

const NAME = /^opsloop-\d{8}T\d{6}Z$/;

/** `opsloop backup [folder]`: copies state and knowledge while opsloop runs. `keep`: so many backups stay beside it, the newest. */
export async function backup(folder: string | undefined, options: { readonly json?: boolean; readonly keep?: number }): Promise<void> {
  const config = loadConfig();
  refusePostgres(config);
  if (!existsSync(config.store.path))
    throw new OpsError('not_found', `There is no database at ${config.store.path} yet.`, 'Start opsloop once, or set store.path.');
  const parent = join('var', 'backups');
  const target = folder ?? join(parent, `opsloop-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
  const stateBytes = await withProgress('Copying the state', options.json, (tell) => backupStore(config.store.path, join(target, 'opsloop.db'), tell));
  const knowledgeBytes = existsSync(config.knowledge.path) ? await backupStore(config.knowledge.path, join(target, 'knowledge.db')) : 0;
  const removed = folder === undefined && options.keep !== undefined ? prune(parent, options.keep) : [];
  const words = `Backed up to ${target} (${((stateBytes + knowledgeBytes) / 1_048_576).toFixed(1)} MB).${removed.length === 0 ? '' : ` Removed ${removed.length} older.`}\n`;
  process.stdout.write(options.json === true ? `${JSON.stringify({ folder: target, stateBytes, knowledgeBytes, removed })}\n` : words);
}

function prune(parent: string, keep: number): string[] {
  const old = readdirSync(parent)
    .filter((name) => NAME.test(name))
    .sort()
    .slice(0, -Math.max(1, keep));
  for (const name of old) rmSync(join(parent, name), { recursive: true });
  return old;
}

/** `opsloop restore <folder|file>`: puts a backup in place of what is there, which is kept beside it; then checks the audit chain. */
export async function restore(from: string, options: { readonly json?: boolean }): Promise<void> {
  const config = loadConfig();
  refusePostgres(config);
  await refuseWhileRunning(config);
  const release = holdStore(config); // a bot may listen where nobody asked, and none may start meanwhile
  try {
    await restoreInto(config, from, options);
  } finally {
    release();
  }
}

async function restoreInto(config: Config, from: string, options: { readonly json?: boolean }): Promise<void> {
  const isFolder = existsSync(from) && statSync(from).isDirectory();
  await withProgress('Restoring the state', options.json, (tell) => restoreStore(isFolder ? join(from, 'opsloop.db') : from, config.store.path, tell));
  const knowledge = join(from, 'knowledge.db');
  const withKnowledge = isFolder && existsSync(knowledge);
  if (withKnowledge) await restoreStore(knowledge, config.knowledge.path);
  const store = await openStore(config.store.path);
  const audit = await store.audit.verify().finally(() => store.close());
  if (audit.brokenAt !== null)
    throw new OpsError(
      'conflict',
      `The backup is in place, but its audit chain is broken at row ${audit.brokenAt}: ${audit.reason}`,
      `What was there before is ${config.store.path}.before-restore.`,
    );
  const words = `Restored ${config.store.path}${withKnowledge ? ` and ${config.knowledge.path}` : ''}: the audit chain holds, ${audit.rows} rows. What was there before ends in .before-restore.\n`;
  process.stdout.write(options.json === true ? `${JSON.stringify({ restored: config.store.path, knowledge: withKnowledge, auditRows: audit.rows })}\n` : words);
}

/** PostgreSQL brings its own, which also knows its users and extensions. */
function refusePostgres({ store }: Config): void {
  if (store.url === undefined) return;
  throw new OpsError('invalid_input', 'The state is in PostgreSQL, which has its own backup.', 'Use pg_dump and pg_restore: docs/operations.md says how.');
}

async function refuseWhileRunning({ http }: Config): Promise<void> {
  const running = await fetch(`http://${http.host}:${http.port}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
  if (running) throw new OpsError('conflict', 'opsloop is running.', 'Stop it first, then restore, then start it again.');
}
