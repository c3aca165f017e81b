import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { DetectorRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { insertMany } from './bulk.ts';
import { all, native, run, type Session, type Work } from './session.ts';

const STATES = {
  table: 'detector_state',
  columns: { key: 'text', state: 'bytea' },
  conflict: 'ON CONFLICT (key) DO UPDATE SET state = excluded.state',
} as const;

interface StateRow {
  readonly key: string;
  readonly state: Uint8Array;
}

const EVERY = 'SELECT key, state FROM detector_state ORDER BY key';
const SLAB_BYTES = 1024 * 1024;

/**
 * All states, in a few large arrays. The driver makes an array for every row, and tens of thousands of small ones would leave the process three
 * times as large as what they hold, for as long as it runs.
 */
const everyState = (): Work<StateRow[]> =>
  native({
    sqlite: (db) => {
      const rows: StateRow[] = [];
      let [slab, used] = [new Uint8Array(SLAB_BYTES), 0];
      for (const { key, state } of db.statement(EVERY).iterate() as Iterable<StateRow>) {
        if (used + state.length > slab.length) [slab, used] = [new Uint8Array(Math.max(SLAB_BYTES, state.length)), 0];
        slab.set(state, used);
        rows.push({ key, state: slab.subarray(used, used + state.length) });
        used += state.length;
        if (state.buffer instanceof ArrayBuffer && state.buffer.byteLength === state.length) state.buffer.transfer(0); // given back now, not when it is collected
      }
      return rows;
    },
    postgres: async (db) => (await db.query<StateRow>(EVERY, [])).rows,
  });

/** The states of these shards' series and resources, by the keys that detection gives them. */
const ofShards = (shards: readonly number[]): Work<StateRow[]> =>
  native({
    sqlite: (db) => db.statement(`${OWN} WHERE shard_of(resource_id) IN (SELECT value FROM json_each(?))`).all(JSON.stringify(shards)) as StateRow[],
    postgres: async (db) => (await db.query<StateRow>(`${OWN} WHERE shard = ANY (CAST($1 AS smallint[]))`, [`{${shards.join(',')}}`])).rows,
  });
const OWN = `SELECT DISTINCT d.key, d.state FROM series AS s JOIN detector_state AS d ON d.key IN (s.key, s.key || '#hours', 'related:' || s.resource_id)`;

export const detector = (session: Session, clock: Clock): DetectorRepository => ({
  load: async (shards) => {
    const rows = await session.read(() => (shards === undefined ? everyState() : ofShards(shards)));
    return new Map(rows.map(({ key, state }) => [key, new Uint8Array(state.buffer, state.byteOffset, state.byteLength)])); // the drivers give a Buffer
  },
  save: async (states) => {
    await session.beside(() => insertMany(STATES, [...states]));
  },
  sensitivities: async () => {
    const rows = await session.read(() => all<{ key: string; factor: number }>('SELECT key, factor FROM sensitivity'));
    return new Map(rows.map(({ key, factor }) => [key, factor]));
  },
  setSensitivity: async (key, factor, audit) => {
    if (!(factor >= 0.1 && factor <= 1)) throw new OpsError('invalid_input', `A sensitivity of ${factor} is out of bounds.`, 'It goes from 0.1 to 1.');
    await session.write(function* () {
      yield* run('INSERT INTO sensitivity (key, factor) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET factor = excluded.factor', key, factor);
      yield* appendAudit(audit, clock.now());
    });
  },
});
