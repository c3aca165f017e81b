import type { Actor } from '../domain/actor.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { PatternVersion, PatternVersionRepository } from '../domain/store.ts';
import { canonicalJson } from './canonical.ts';
import { bounded } from './rows.ts';
import { all, run, type Session, type Value, type Work } from './session.ts';

const KEEP = 200; // of one pattern

export const patternVersions = (session: Session): PatternVersionRepository => ({
  add: (version) => session.write(() => add(version)),
  get: async (patternId, version) => (await session.read(() => select('WHERE pattern_id = ? AND version = ?', patternId, version)))[0] ?? null,
  list: (patternId, limit) => session.read(() => select('WHERE pattern_id = ? ORDER BY version DESC LIMIT ?', patternId, bounded(limit))),
});

function* add({ patternId, atMs, actor, reason, record }: Omit<PatternVersion, 'version'>): Work<PatternVersion | null> {
  const latest = (yield* select('WHERE pattern_id = ? ORDER BY version DESC LIMIT 1', patternId))[0];
  const { embedding: _made, ...written } = record;
  const text = canonicalJson(written);
  if (latest !== undefined && canonicalJson(latest.record) === text) return null;
  const version = (latest?.version ?? 0) + 1;
  yield* run(`INSERT INTO pattern_version (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`, patternId, version, atMs, JSON.stringify(actor), reason, text);
  yield* run('DELETE FROM pattern_version WHERE pattern_id = ? AND version <= ?', patternId, version - KEEP);
  return { patternId, version, atMs, actor, reason, record: written };
}

interface Row {
  readonly pattern_id: string;
  readonly version: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly reason: string;
  readonly record: string;
}

const COLUMNS = 'pattern_id, version, at_ms, actor, reason, record';

function* select(filter: string, ...values: readonly Value[]): Work<PatternVersion[]> {
  return (yield* all<Row>(`SELECT ${COLUMNS} FROM pattern_version ${filter}`, ...values)).map((row) => ({
    patternId: row.pattern_id,
    version: row.version,
    atMs: row.at_ms,
    actor: JSON.parse(row.actor) as Actor,
    reason: row.reason,
    record: JSON.parse(row.record) as Pattern,
  }));
}
