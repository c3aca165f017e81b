import { OpsError } from '../domain/errors.ts';
import type { ApiToken, TokenRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import type { Session } from './session.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly user_id: string | null;
  readonly scopes: string;
  readonly created_at_ms: number;
  readonly last_used_at_ms: number | null;
}

const toToken = (row: Row): ApiToken => ({
  id: row.id,
  name: row.name,
  hash: row.hash,
  userId: row.user_id,
  scopes: JSON.parse(row.scopes) as string[],
  createdAtMs: row.created_at_ms,
  lastUsedAtMs: row.last_used_at_ms,
});

/** Audit rows: `token.created`, `token.revoked`; never the hash. */
export const tokens = (session: Session): TokenRepository => ({
  put: (token, actor) =>
    session.write((db) => {
      const { id, name, hash, userId, scopes, createdAtMs, lastUsedAtMs } = token;
      const sql = 'INSERT OR IGNORE INTO token VALUES (?, ?, ?, ?, ?, ?, ?)';
      if (db.run(sql, id, name, hash, userId, JSON.stringify(scopes), createdAtMs, lastUsedAtMs) === 0)
        throw new OpsError('conflict', `There is already a token ${id}, or one with the same secret.`, 'Revoke it first, or make a new one.');
      appendAudit(db, { actor, verb: 'token.created', subject: id, detail: { name, userId, scopes } }, createdAtMs);
    }),
  byHash: (hash) =>
    session.read((db) => {
      const row = db.get<Row>('SELECT * FROM token WHERE hash = ?', hash);
      return row === undefined ? null : toToken(row);
    }),
  touch: (id, atMs) =>
    session.write((db) => {
      db.run('UPDATE token SET last_used_at_ms = ? WHERE id = ?', atMs, id);
    }),
  list: () => session.read((db) => db.all<Row>('SELECT * FROM token ORDER BY created_at_ms, id').map(toToken)),
  revoke: (id, actor, atMs) =>
    session.write((db) => {
      if (db.run('DELETE FROM token WHERE id = ?', id) === 0) return false;
      appendAudit(db, { actor, verb: 'token.revoked', subject: id, detail: {} }, atMs);
      return true;
    }),
});
