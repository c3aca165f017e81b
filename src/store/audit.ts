import type { Actor } from '../domain/actor.ts';
import type { AuditDraft, AuditEntry } from '../domain/audit.ts';
import { originNow } from '../domain/origin.ts';
import { redactAll, SECRETS_ONLY } from '../domain/redact.ts';
import type { AuditRepository } from '../domain/store.ts';
import { canonicalJson } from './canonical.ts';
import { type AuditHead, type AuditRow, auditHash } from './chain.ts';
import { bounded, plainText } from './rows.ts';
import { all, one, run, type Session, type Work } from './session.ts';
import { verifyChain } from './verify.ts';

export const audit = (session: Session): AuditRepository => ({
  append: (draft, atMs) => session.write(() => appendAudit(draft, atMs)),
  list: (query) => session.read(() => list(query)),
  verify: () => verifyChain(session),
});

/** Adds one row to the chain, within the caller's `write`: two at once would both want to be the next, and the database refuses one. */
export function* appendAudit(draft: AuditDraft, atMs: number): Work<AuditEntry> {
  const head = (yield* one<AuditHead>('SELECT seq, hash FROM audit_head')) ?? { seq: 0, hash: '' };
  const origin = originNow();
  const content = {
    seq: head.seq + 1,
    at_ms: atMs,
    actor: canonicalJson(draft.actor),
    verb: plainText(draft.verb), // what the database would store, so that the hash is over the same
    subject: plainText(draft.subject),
    detail: canonicalJson(redactAll(origin === null ? draft.detail : { ...draft.detail, origin }, SECRETS_ONLY)),
    prev_hash: head.hash,
  };
  const row: AuditRow = { ...content, hash: auditHash(content) };
  yield* run(
    'INSERT INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    row.seq,
    row.at_ms,
    row.actor,
    row.verb,
    row.subject,
    row.detail,
    row.prev_hash,
    row.hash,
  );
  yield* run(
    'INSERT INTO audit_head (id, seq, hash) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash',
    row.seq,
    row.hash,
  );
  return toEntry(row);
}

const toEntry = (row: AuditRow): AuditEntry => ({
  seq: row.seq,
  atMs: row.at_ms,
  actor: JSON.parse(row.actor) as Actor,
  verb: row.verb,
  subject: row.subject,
  detail: JSON.parse(row.detail) as Record<string, unknown>,
  prevHash: row.prev_hash,
  hash: row.hash,
});

function* list(query: Parameters<AuditRepository['list']>[0]): Work<readonly AuditEntry[]> {
  const columns = 'SELECT seq, at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit WHERE seq > ?';
  const [after, limit] = [query.after ?? 0, bounded(query.limit)];
  const rows =
    query.subject === undefined
      ? yield* all<AuditRow>(`${columns} ORDER BY seq LIMIT ?`, after, limit)
      : yield* all<AuditRow>(`${columns} AND (subject = ? OR incident_id = ?) ORDER BY seq LIMIT ?`, after, query.subject, query.subject, limit);
  return rows.map(toEntry);
}
