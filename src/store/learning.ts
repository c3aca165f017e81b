import type { Observation, Tally } from '../domain/learning.ts';
import type { LearningRepository } from '../domain/store.ts';
import type { Connection } from './connection.ts';
import type { Session } from './session.ts';

export const learning = (session: Session): LearningRepository => ({
  put: (observation) => session.write((db) => put(db, observation)),
  remove: (key) => session.write((db) => db.run('DELETE FROM observation WHERE key = ?', key) === 1),
  tally: (patternId, action) => session.read((db) => tally(db, 'WHERE pattern_id = ? AND action = ?', patternId, action)),
  tallyPattern: (patternId) => session.read((db) => tally(db, 'WHERE pattern_id = ?', patternId)),
  forget: (patternId) => session.write((db) => db.run('DELETE FROM observation WHERE pattern_id = ?', patternId)),
});

/** The WHERE makes a row that is the very same no change at all. */
function put(db: Connection, seen: Observation): boolean {
  const changes = db.run(
    `INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET pattern_id = excluded.pattern_id, action = excluded.action, success = excluded.success,
       weight = excluded.weight, resolution_ms = excluded.resolution_ms, at_ms = excluded.at_ms
     WHERE (pattern_id, action, success, weight, at_ms) IS NOT (excluded.pattern_id, excluded.action, excluded.success, excluded.weight, excluded.at_ms)
        OR resolution_ms IS NOT excluded.resolution_ms`,
    seen.key,
    seen.patternId,
    seen.action,
    seen.success ? 1 : 0,
    seen.weight,
    seen.resolutionMs,
    seen.atMs,
  );
  return changes === 1;
}

/** `outcomes` counts keys `outcome:…`; the mean resolution is over successes that have one. */
function tally(db: Connection, filter: string, ...values: string[]): Tally {
  const row = db.get<Tally>(
    `SELECT coalesce(sum(weight) FILTER (WHERE success = 1), 0) AS good,
            coalesce(sum(weight) FILTER (WHERE success = 0), 0) AS bad,
            count(*) FILTER (WHERE key GLOB 'outcome:*') AS outcomes,
            count(*) FILTER (WHERE key GLOB 'outcome:*' AND success = 1) AS successes,
            avg(resolution_ms) FILTER (WHERE success = 1) AS meanResolutionMs,
            max(at_ms) AS lastMs
       FROM observation ${filter}`,
    ...values,
  );
  return row ?? { good: 0, bad: 0, outcomes: 0, successes: 0, meanResolutionMs: null, lastMs: null };
}
