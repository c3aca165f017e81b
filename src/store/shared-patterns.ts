import type { Pattern } from '../domain/pattern.ts';
import type { SharedPatternRepository } from '../domain/store.ts';
import { bounded } from './rows.ts';
import { all, one, run, type Session, tell, type Work } from './session.ts';

const PUT = `INSERT INTO shared_pattern (pattern_id, seq, record) VALUES (?, ?, ?)
  ON CONFLICT (pattern_id) DO UPDATE SET seq = excluded.seq, record = excluded.record`;

/** Tells the channel `knowledge`. */
export const sharedPatterns = (session: Session): SharedPatternRepository => ({
  put: (changes) => session.write(() => put(changes)),
  since: async (after, limit) => {
    const sql = 'SELECT pattern_id, seq, record FROM shared_pattern WHERE seq > ? ORDER BY seq LIMIT ?';
    const rows = await session.read(() => all<{ pattern_id: string; seq: number; record: string | null }>(sql, after, bounded(limit)));
    const changes = rows.map((row) => ({ patternId: row.pattern_id, record: row.record === null ? null : (JSON.parse(row.record) as Pattern) }));
    return { changes, sequence: rows.at(-1)?.seq ?? after };
  },
});

function* put(changes: Parameters<SharedPatternRepository['put']>[0]): Work<void> {
  let seq = (yield* one<{ last: number | null }>('SELECT max(seq) AS last FROM shared_pattern'))?.last ?? 0;
  for (const { patternId, record } of changes) {
    seq += 1;
    yield* run(PUT, patternId, seq, record === null ? null : JSON.stringify({ ...record, embedding: undefined }));
  }
  yield* tell('knowledge', '');
}
