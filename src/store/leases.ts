import { OpsError } from '../domain/errors.ts';
import type { Lease } from '../domain/replica.ts';
import type { LeaseRepository } from '../domain/store.ts';
import { all, one, run, type Session, timed, type Work } from './session.ts';

const FORGET_MS = 3_600_000; // a replica that died without leaving is not listed for ever

const BEAT = timed(`INSERT INTO replica (id, started_at_ms, seen_at_ms, info) VALUES (?, NOW, NOW, ?)
  ON CONFLICT (id) DO UPDATE SET seen_at_ms = NOW, info = excluded.info RETURNING seen_at_ms AS now`);
const FORGET = timed('DELETE FROM replica WHERE seen_at_ms < NOW - ?');
const LIVING = timed('SELECT id, started_at_ms, NOW - seen_at_ms AS ago, info FROM replica WHERE seen_at_ms > NOW - ? ORDER BY started_at_ms, id');
const TAKE = timed(`INSERT INTO lease (name, holder, token) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = lease.token + 1
  WHERE lease.holder IS NULL OR (lease.holder <> excluded.holder
    AND NOT EXISTS (SELECT 1 FROM replica WHERE id = lease.holder AND seen_at_ms > NOW - ?)) RETURNING name, token`);
const SEIZE = `INSERT INTO lease (name, holder, token) VALUES (?, ?, 1)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = lease.token + 1 RETURNING name, token`;
/** What is held stays so until the transaction ends: nobody else can take it before. */
const HELD = { sqlite: 'SELECT 1 FROM lease WHERE name = ? AND token = ?', postgres: 'SELECT 1 FROM lease WHERE name = ? AND token = ? FOR SHARE' };

interface LivingRow {
  readonly id: string;
  readonly started_at_ms: number;
  readonly ago: number;
  readonly info: string;
}

export const leases = (session: Session): LeaseRepository => ({
  beat: (id, info) =>
    session.beside(function* () {
      yield* run(FORGET, FORGET_MS);
      return (yield* one<{ now: number }>(BEAT, id, info))?.now ?? 0;
    }, 'beats'),
  leave: (id) =>
    session.beside(function* () {
      yield* run('UPDATE lease SET holder = NULL WHERE holder = ?', id);
      yield* run('DELETE FROM replica WHERE id = ?', id);
    }, 'leases'),
  living: async (withinMs) => {
    const rows = await session.read(() => all<LivingRow>(LIVING, withinMs));
    return rows.map((row) => ({ id: row.id, startedAtMs: row.started_at_ms, seenAgoMs: row.ago, info: row.info }));
  },
  take: (name, holder, withinMs) =>
    session.beside(function* () {
      const taken = yield* one<Lease>(TAKE, name, holder, withinMs);
      return taken ?? (yield* one<Lease>('SELECT name, token FROM lease WHERE name = ? AND holder = ?', name, holder));
    }, 'leases'),
  seize: (name, holder) =>
    session.beside(function* () {
      return (yield* one<Lease>(SEIZE, name, holder)) ?? { name, token: 0 };
    }, 'leases'),
  release: async (name, holder) => {
    await session.beside(() => run('UPDATE lease SET holder = NULL WHERE name = ? AND holder = ?', name, holder), 'leases');
  },
  list: (prefix) =>
    session.read(() =>
      all<Lease & { readonly holder: string | null }>(
        'SELECT name, holder, token FROM lease WHERE substr(name, 1, length(?)) = ? ORDER BY name',
        prefix,
        prefix,
      ),
    ),
  hold: (held) => session.beside(() => hold(held)),
});

function* hold(held: readonly Lease[]): Work<void> {
  for (const { name, token } of held)
    if ((yield* one(HELD, name, token)) === null)
      throw new OpsError('conflict', `Another replica has taken over (${name}).`, 'Nothing was written; that one goes on.');
}
