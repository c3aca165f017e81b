import { OpsError } from '../domain/errors.ts';
import type { ApiToken, TokenRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { all, one, run, type Session } from './session.ts';

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

const COLUMNS = 'id, name, hash, user_id, scopes, created_at_ms, last_used_at_ms';

/** Audit rows: `token.created`, `token.revoked`; never the hash. */
export const tokens = (session: Session): TokenRepository => ({
  put: (token, actor) =>
    session.write(function* () {
      const { id, name, hash, userId, scopes, createdAtMs, lastUsedAtMs } = token;
      const sql = `INSERT INTO token (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
      if ((yield* run(sql, id, name, hash, userId, JSON.stringify(scopes), createdAtMs, lastUsedAtMs)) === 0)
        throw new OpsError('conflict', `There is already a token ${id}, or one with the same secret.`, 'Revoke it first, or make a new one.');
      yield* appendAudit({ actor, verb: 'token.created', subject: id, detail: { name, userId, scopes } }, createdAtMs);
    }),
  byHash: async (hash) => {
    const row = await session.read(() => one<Row>(`SELECT ${COLUMNS} FROM token WHERE hash = ?`, hash));
    return row === null ? null : toToken(row);
  },
  touch: async (id, atMs) => {
    await session.beside(() => run('UPDATE token SET last_used_at_ms = ? WHERE id = ?', atMs, id));
  },
  list: async () => (await session.read(() => all<Row>(`SELECT ${COLUMNS} FROM token ORDER BY created_at_ms, id`))).map(toToken),
  revoke: (id, actor, atMs) =>
    session.write(function* () {
      if ((yield* run('DELETE FROM token WHERE id = ?', id)) === 0) return false;
      yield* appendAudit({ actor, verb: 'token.revoked', subject: id, detail: {} }, atMs);
      return true;
    }),
});
