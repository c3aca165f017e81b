import type { Observation, Tally } from '../domain/learning.ts';
import type { LearningRepository } from '../domain/store.ts';
import { one, run, type Session, type Work } from './session.ts';

export const learning = (session: Session): LearningRepository => ({
  put: async (observation) => (await session.beside(() => put(observation))) === 1,
  remove: async (key) => (await session.beside(() => run('DELETE FROM observation WHERE key = ?', key))) === 1,
  tally: (patternId, action) => session.read(() => tally('WHERE pattern_id = ? AND action = ?', patternId, action)),
  tallyPattern: (patternId) => session.read(() => tally('WHERE pattern_id = ?', patternId)),
  forget: (patternId) => session.beside(() => run('DELETE FROM observation WHERE pattern_id = ?', patternId)),
});

/** The WHERE makes a row that is the very same no change at all. */
const put = (seen: Observation): Work<number> =>
  run(
    `INSERT INTO observation AS old (key, pattern_id, action, success, weight, resolution_ms, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET pattern_id = excluded.pattern_id, action = excluded.action, success = excluded.success,
       weight = excluded.weight, resolution_ms = excluded.resolution_ms, at_ms = excluded.at_ms
     WHERE (old.pattern_id, old.action, old.success, old.weight, old.at_ms)
             IS DISTINCT FROM (excluded.pattern_id, excluded.action, excluded.success, excluded.weight, excluded.at_ms)
        OR old.resolution_ms IS DISTINCT FROM excluded.resolution_ms`,
    seen.key,
    seen.patternId,
    seen.action,
    seen.success ? 1 : 0,
    seen.weight,
    seen.resolutionMs,
    seen.atMs,
  );

/** `outcomes` counts keys `outcome:…`; the mean resolution is over successes that have one. */
function* tally(filter: string, ...values: readonly string[]): Work<Tally> {
  const row = yield* one<Tally>(
    `SELECT coalesce(sum(weight) FILTER (WHERE success = 1), 0) AS good,
            coalesce(sum(weight) FILTER (WHERE success = 0), 0) AS bad,
            count(*) FILTER (WHERE substr(key, 1, 8) = 'outcome:') AS outcomes,
            count(*) FILTER (WHERE substr(key, 1, 8) = 'outcome:' AND success = 1) AS successes,
            avg(CAST(resolution_ms AS double precision)) FILTER (WHERE success = 1) AS "meanResolutionMs",
            max(at_ms) AS "lastMs"
       FROM observation ${filter}`,
    ...values,
  );
  return row ?? { good: 0, bad: 0, outcomes: 0, successes: 0, meanResolutionMs: null, lastMs: null };
}
