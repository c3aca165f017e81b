import { hash } from 'node:crypto';

/** `actor` and `detail` as canonical JSON, exactly as hashed. */
export interface AuditRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  readonly detail: string;
  readonly prev_hash: string;
  readonly hash: string;
}

export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** SHA-256 in hex over the canonical JSON array [seq, atMs, actor, verb, subject, detail, prevHash]. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const text = `[${row.seq},${row.at_ms},${row.actor},${JSON.stringify(row.verb)},${JSON.stringify(row.subject)},${row.detail},"${row.prev_hash}"]`;
  return hash('sha256', text);
}
