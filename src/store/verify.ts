import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AuditHead, type AuditRow, auditHash } from './chain.ts';
import { all, one, type Session, type Work } from './session.ts';

const PAGE = 1000; // some milliseconds of work before others get their turn
const SMALLEST = '-9223372036854775808'; // a number that no double holds

export interface ChainReport {
  readonly rows: number; // that hold
  readonly brokenAt: number | null;
  readonly reason: string | null;
}

/** Recomputes the chain from its first row, page by page, and holds its end against the recorded head. */
export async function verifyChain(session: Pick<Session, 'snapshot'>): Promise<ChainReport> {
  let last: AuditHead = { seq: 0, hash: '' };
  let from: number | string = SMALLEST;
  for (;;) {
    const { rows, head } = await session.snapshot(() => page(from));
    for (const row of rows) {
      const reason = rowFault(row, last);
      if (reason !== null) return { rows: last.seq, brokenAt: last.seq + 1, reason };
      last = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < PAGE) return { rows: last.seq, ...endFault(last, head) };
    from = last.seq + 1;
    await nextTurn();
  }
}

/** Rows and head of one moment. */
function* page(from: number | string): Work<{ rows: readonly AuditRow[]; head: AuditHead | null }> {
  const sql = 'SELECT seq, at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit WHERE seq >= CAST(? AS BIGINT) ORDER BY seq LIMIT ?';
  return { rows: yield* all<AuditRow>(sql, from, PAGE), head: yield* one<AuditHead>('SELECT seq, hash FROM audit_head') };
}

function rowFault(row: AuditRow, last: AuditHead): string | null {
  const expected = last.seq + 1;
  if (row.seq > expected) return row.seq === expected + 1 ? `Row ${expected} is missing.` : `Rows ${expected} to ${row.seq - 1} are missing.`;
  if (row.seq < expected) return `A row with the number ${row.seq} was put before the first.`;
  if (row.prev_hash !== last.hash) return `Row ${row.seq} does not follow the row before it: it was moved or put in.`;
  return auditHash(row) === row.hash ? null : `Row ${row.seq} was changed after it was written.`;
}

function endFault(last: AuditHead, head: AuditHead | null): Omit<ChainReport, 'rows'> {
  if (head === null) return { brokenAt: last.seq + 1, reason: 'The record of the last row is missing.' };
  if (head.seq > last.seq) return { brokenAt: last.seq + 1, reason: `Rows ${last.seq + 1} to ${head.seq} are missing at the end.` };
  if (head.seq < last.seq) return { brokenAt: head.seq + 1, reason: `Rows after ${head.seq} were put in behind the recorded end.` };
  if (head.hash !== last.hash) return { brokenAt: last.seq, reason: `Row ${last.seq} is not the one that was recorded as the last.` };
  return { brokenAt: null, reason: null };
}
