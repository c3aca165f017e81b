import { CHECKPOINT_PREFIX, checkpointKey, readCheckpoint, signCheckpoint } from '../action/checkpoint.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { Archive } from '../domain/ports.ts';
import type { Repositories } from '../domain/store.ts';

const PAGE = 1000;
const LAST = 'audit:checkpoint'; // the sequence of the last one

/** Signs the newest audit row and puts it into the archive; null when nothing came since the last one. */
export async function writeCheckpoint(store: Pick<Repositories, 'audit' | 'settings'>, archive: Archive, key: string, nowMs: number): Promise<number | null> {
  const since = Number((await store.settings.get(LAST)) ?? 0);
  const newest = await newestAfter(store, since);
  if (newest === null) return null;
  const checkpoint = signCheckpoint(newest, nowMs, key);
  await archive.put(checkpointKey(newest.seq), `${JSON.stringify(checkpoint)}\n`);
  await store.settings.set(LAST, String(newest.seq), nowMs);
  return newest.seq;
}

async function newestAfter(store: Pick<Repositories, 'audit'>, after: number): Promise<AuditEntry | null> {
  let newest: AuditEntry | null = null;
  for (;;) {
    const rows: readonly AuditEntry[] = await store.audit.list({ after: newest?.seq ?? after, limit: PAGE });
    newest = rows.at(-1) ?? newest;
    if (rows.length < PAGE) return newest;
  }
}

export interface CheckpointReport {
  readonly checkpoints: number; // that hold
  readonly brokenAt: number | null;
  readonly reason: string | null;
}

/** Holds the chain against every signed checkpoint: a chain that was rewritten as a whole, hashes and all, does not match them. */
export async function verifyCheckpoints(store: Pick<Repositories, 'audit'>, archive: Archive, key: string): Promise<CheckpointReport> {
  let checkpoints = 0;
  for (const name of await archive.list(CHECKPOINT_PREFIX)) {
    const checkpoint = readCheckpoint((await archive.get(name))?.content ?? '', key);
    const seq = checkpoint?.seq ?? Number(/(\d+)\.json$/.exec(name)?.[1] ?? 0);
    if (checkpoint === null) return { checkpoints, brokenAt: seq, reason: `The checkpoint ${name} was not signed with this key.` };
    const [row] = await store.audit.list({ after: seq - 1, limit: 1 });
    if (row?.seq !== seq) return { checkpoints, brokenAt: seq, reason: `Row ${seq}, which was signed, is missing.` };
    if (row.hash !== checkpoint.hash) return { checkpoints, brokenAt: seq, reason: `Row ${seq}, or one before it, is not what was signed.` };
    checkpoints += 1;
  }
  return { checkpoints, brokenAt: null, reason: null };
}
