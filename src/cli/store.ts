import { loadConfig } from '../config.ts';
import { OpsError } from '../domain/errors.ts';
import { copyStore } from '../store/copy.ts';
import { isPostgres, storePlace } from '../store/open.ts';
import { withProgress } from './progress.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `opsloop store copy`: moves the state of the SQLite file into PostgreSQL, all of it or nothing, and checks it row by row. */
export async function copy(options: Options): Promise<void> {
  const config = loadConfig();
  const from = options.from ?? config.store.path;
  const to = options.to ?? config.store.url;
  if (to === undefined || !isPostgres(to))
    throw new OpsError(
      'invalid_input',
      'The target is not a PostgreSQL address.',
      'Set DATABASE_URL, or give --to postgres://user:password@host:5432/opsloop.',
    );
  await refuseWhileRunning(config.http);
  const startedAt = performance.now();
  const report = await withProgress('Copying rows', options.json, (tell) => {
    const rowsOf = new Map<string, number>();
    return copyStore(from, to, (table, rows) => {
      rowsOf.set(table, rows);
      tell(
        [...rowsOf.values()].reduce((sum, one) => sum + one, 0),
        0,
      );
    });
  });
  const tookMs = Math.round(performance.now() - startedAt);
  if (options.json === true) return void process.stdout.write(`${JSON.stringify({ from, to: storePlace(to), ...report, tookMs })}\n`);
  const width = Math.max(...report.tables.map(({ table }) => table.length));
  for (const { table, rows, digest } of report.tables)
    process.stdout.write(`${table.padEnd(width)}  ${String(rows).padStart(10)} rows  sha256 ${digest.slice(0, 16)}…\n`);
  process.stdout.write(
    `Copied ${from} to ${storePlace(to)}: ${report.rows} rows, each read back and the same; the audit chain holds, ${report.auditRows} rows (${(tookMs / 1000).toFixed(1)} s).\n` +
      'Start opsloop with DATABASE_URL set. The file is as it was; keep it until you are sure.\n',
  );
}

/** What a running opsloop writes after the copy began would stay behind. */
async function refuseWhileRunning({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  const running = await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
  if (running) throw new OpsError('conflict', 'opsloop is running.', 'Stop it first, then copy, then start it with DATABASE_URL set.');
}
