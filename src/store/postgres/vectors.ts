import { OpsError } from '../../domain/errors.ts';
import type { NearPattern, PatternVector, PatternVectors, VectorsLook } from '../../domain/vectors.ts';
import { all, one, run, type Session, timed, type Work } from '../session.ts';
import { codeOf } from './errors.ts';

/** Not the schema of the state: there both engines have the same tables. */
const SCHEMA = 'opsloop_vectors';
const TABLE = `${SCHEMA}.pattern`;
const CHUNK = 500;
const UNUSED_MS = 7 * 86_400_000;
const ORPHAN_MS = 3_600_000; // a vector is there shortly before its pattern is
const LOCK = `SELECT pg_advisory_xact_lock(${0x6f70736c}, 10)`;

const STATE = `SELECT
    (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS version,
    (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector') AS home,
    EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') AS available,
    EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = '${SCHEMA}' AND table_name = 'pattern' AND column_name = 'vector') AS made`;

interface State {
  readonly version: string | null;
  readonly home: string | null; // the schema that the extension is in
  readonly available: boolean;
  readonly made: boolean;
}

class TakenBack extends Error {
  readonly state: State;

  constructor(state: State) {
    super('taken back');
    this.state = state;
  }
}

/**
 * Vectors by pgvector (https://github.com/pgvector/pgvector), searched exactly: no index that may miss one. In a schema of their own,
 * which can be dropped: everything in it is made again from the patterns.
 */
export function patternVectors(session: Session): PatternVectors {
  let home: string | null = null;

  /** The schema of the extension, which may be one that is not searched: everything of it is named in full. */
  function where(): string {
    if (home === null) throw new OpsError('unavailable', 'The database has no place for vectors.', 'Install the extension vector (pgvector).');
    return home;
  }

  async function tried(keep: boolean): Promise<State> {
    try {
      return await session.beside(() => make(keep));
    } catch (thrown) {
      if (thrown instanceof TakenBack) return thrown.state;
      throw thrown;
    }
  }

  async function ready(keep: boolean): Promise<VectorsLook> {
    let state = await session.read(() => one<State>(STATE));
    if (state?.version == null && state?.available !== true) return NOT_INSTALLED;
    try {
      if (state.version === null || !state.made) state = await tried(keep);
    } catch (thrown) {
      if (codeOf(thrown instanceof OpsError ? thrown.cause : thrown) !== '42501') throw thrown;
      return state.version === null ? NOT_CREATED : NO_SCHEMA;
    }
    if (keep) home = state.home;
    return { ready: true, version: state.version ?? '' };
  }

  return {
    look: () => ready(false),
    prepare: () => ready(true),
    put: (profile, vectors) => session.beside(() => put(where(), profile, vectors)),
    remove: (patternIds) => session.beside(() => removed(patternIds)),
    texts: async (profile) => {
      const sql = `SELECT pattern_id AS id, text FROM ${TABLE} WHERE profile = ? AND vector IS NOT NULL`;
      const rows = await session.read(() => all<{ id: string; text: string }>(sql, profile));
      return new Map(rows.map(({ id, text }) => [id, text]));
    },
    of: async (profile, patternIds) => {
      const sql = `SELECT pattern_id AS id, text, CAST(vector AS text) AS numbers FROM ${TABLE} WHERE profile = ? AND vector IS NOT NULL`;
      const rows = await session.read(() => all<{ id: string; text: string; numbers: string }>(sql + among(patternIds), profile, ...listed(patternIds)));
      return rows.map(({ id, text, numbers }) => ({ patternId: id, text, vector: Float32Array.from(JSON.parse(numbers) as number[]) }));
    },
    near: (profile, vector, limit, patternIds) => {
      const distance = `vector OPERATOR(${where()}.<->) CAST(? AS ${where()}.vector)`;
      const sql = `SELECT pattern_id AS "patternId", text, ${distance} AS distance FROM ${TABLE}
        WHERE profile = ? AND vector IS NOT NULL${among(patternIds)} ORDER BY 3, 1 LIMIT ?`;
      return session.read(() => all<NearPattern>(sql, written(vector), profile, ...listed(patternIds), limit));
    },
    tidy: (profile) => session.beside(() => tidy(profile)),
  };
}

const NOT_INSTALLED: VectorsLook = {
  ready: false,
  reason: 'the extension vector (pgvector) is not installed on the database server',
  fix: 'Debian: apt-get install postgresql-<version>-pgvector; managed databases have it. Then restart opsloop.',
};
const NOT_CREATED: VectorsLook = {
  ready: false,
  reason: 'the extension vector (pgvector) is on the database server, and the user opsloop connects as may not create it',
  fix: 'As an administrator, in this database: CREATE EXTENSION vector; then restart opsloop.',
};
const NO_SCHEMA: VectorsLook = {
  ready: false,
  reason: `the extension vector (pgvector) is there, and the user opsloop connects as may not create the schema ${SCHEMA}`,
  fix: 'Make that user the owner of the database; then restart opsloop.',
};

const among = (patternIds: readonly string[] | null): string => (patternIds === null ? '' : ' AND pattern_id IN (SELECT value FROM json_each(?))');
const listed = (patternIds: readonly string[] | null): string[] => (patternIds === null ? [] : [JSON.stringify(patternIds)]);
const written = (vector: Float32Array): string => `[${vector.join(',')}]`;

/** Replicas that start together wait for one to do it. Whoever drops the extension takes the column with it, and leaves the table. */
function* make(keep: boolean): Work<State> {
  yield* run(LOCK);
  yield* run('CREATE EXTENSION IF NOT EXISTS vector');
  const state = yield* one<State>(STATE);
  if (state?.home == null) throw new OpsError('internal', 'The extension vector is not there after it was created.');
  if (!state.made) {
    yield* run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    yield* run(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.profile (profile TEXT COLLATE "C" PRIMARY KEY, used_at_ms BIGINT NOT NULL)`);
    yield* run(`CREATE TABLE IF NOT EXISTS ${TABLE} (profile TEXT COLLATE "C" NOT NULL, pattern_id TEXT COLLATE "C" NOT NULL,
      text TEXT NOT NULL, put_at_ms BIGINT NOT NULL, PRIMARY KEY (profile, pattern_id))`);
    yield* run(`ALTER TABLE ${TABLE} ADD COLUMN vector ${state.home}.vector`);
  }
  if (!keep) throw new TakenBack(state);
  return state;
}

function* put(home: string, profile: string, vectors: readonly PatternVector[]): Work<void> {
  const sql = timed(`INSERT INTO ${TABLE} (profile, pattern_id, text, put_at_ms, vector)
    SELECT CAST(? AS text), e->>'patternId', e->>'text', NOW, CAST(e->>'vector' AS ${home}.vector) FROM json_array_elements(CAST(? AS json)) AS e
    ON CONFLICT (profile, pattern_id) DO UPDATE SET text = excluded.text, put_at_ms = excluded.put_at_ms, vector = excluded.vector`);
  const inOrder = [...vectors].sort((a, b) => (a.patternId < b.patternId ? -1 : 1)); // so that two never wait for one another
  for (let at = 0; at < inOrder.length; at += CHUNK) {
    const rows = inOrder.slice(at, at + CHUNK).map((one) => ({ ...one, vector: written(one.vector) }));
    yield* run(sql, profile, JSON.stringify(rows));
  }
}

function* removed(patternIds: readonly string[]): Work<void> {
  yield* run(`DELETE FROM ${TABLE} WHERE pattern_id IN (SELECT value FROM json_each(?))`, JSON.stringify(patternIds));
}

function* tidy(profile: string): Work<void> {
  const used = `INSERT INTO ${SCHEMA}.profile (profile, used_at_ms) VALUES (?, NOW) ON CONFLICT (profile) DO UPDATE SET used_at_ms = excluded.used_at_ms`;
  yield* run(timed(used), profile);
  yield* run(timed(`DELETE FROM ${SCHEMA}.profile WHERE used_at_ms < NOW - ${UNUSED_MS}`));
  const orphan = `put_at_ms < NOW - ${ORPHAN_MS} AND NOT EXISTS
    (SELECT 1 FROM shared_pattern s WHERE s.pattern_id = v.pattern_id AND s.record IS NOT NULL)`;
  yield* run(timed(`DELETE FROM ${TABLE} v WHERE profile NOT IN (SELECT profile FROM ${SCHEMA}.profile) OR (${orphan})`));
}
