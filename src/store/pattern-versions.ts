import type { Actor } from '../domain/actor.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { PatternVersion, PatternVersionRepository } from '../domain/store.ts';
import { canonicalJson } from './canonical.ts';
import type { Connection } from './connection.ts';
import { bounded } from './rows.ts';
import type { Session } from './session.ts';

const KEEP = 200; // of one pattern

export const patternVersions = (session: Session): PatternVersionRepository => ({
  add: (version) => session.write((db) => add(db, version)),
  get: (patternId, version) => session.read((db) => select(db, 'WHERE pattern_id = ? AND version = ?', patternId, version)[0] ?? null),
  list: (patternId, limit) => session.read((db) => select(db, 'WHERE pattern_id = ? ORDER BY version DESC LIMIT ?', patternId, bounded(limit))),
});

function add(db: Connection, { patternId, atMs, actor, reason, record }: Omit<PatternVersion, 'version'>): PatternVersion | null {
  const latest = select(db, 'WHERE pattern_id = ? ORDER BY version DESC LIMIT 1', patternId)[0];
  const { embedding: _made, ...written } = record;
  const text = canonicalJson(written);
  if (latest !== undefined && canonicalJson(latest.record) === text) return null;
  const version = (latest?.version ?? 0) + 1;
  db.run('INSERT INTO pattern_version VALUES (?, ?, ?, ?, ?, ?)', patternId, version, atMs, JSON.stringify(actor), reason, text);
  db.run('DELETE FROM pattern_version WHERE pattern_id = ? AND version <= ?', patternId, version - KEEP);
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

function select(db: Connection, filter: string, ...values: (string | number)[]): PatternVersion[] {
  return db.all<Row>(`SELECT * FROM pattern_version ${filter}`, ...values).map((row) => ({
    patternId: row.pattern_id,
    version: row.version,
    atMs: row.at_ms,
    actor: JSON.parse(row.actor) as Actor,
    reason: row.reason,
    record: JSON.parse(row.record) as Pattern,
  }));
}
