import type { Clock } from '../../domain/ports.ts';
import type { Store } from '../../domain/store.ts';
import { Entrance } from '../entrance.ts';
import { repositories } from '../repositories.ts';
import { one, type Work } from '../session.ts';
import { Listeners } from '../wake.ts';
import { notifySql } from './connection.ts';
import { storeError } from './errors.ts';
import { Gate, type PgLimits } from './gate.ts';
import { Listener } from './listener.ts';
import { migrate } from './migrate.ts';
import { placeOf } from './place.ts';
import { clientConfig, Pool } from './pool.ts';
import { patternVectors } from './vectors.ts';

const LIMITS: PgLimits = {
  connections: 10,
  connectMs: 5000,
  statementMs: 30_000,
  lockWaitMs: 10_000,
  queueWaitMs: 30_000,
  idleMs: 5000,
  transactionMs: 60_000,
  resolveMs: 15_000,
};

function* databaseBytes(): Work<Readonly<Record<string, number>>> {
  return (yield* one<{ database: number }>('SELECT pg_database_size(current_database()) AS database')) ?? {};
}

/** The state in a PostgreSQL database that several opsloops share. Nothing the driver throws carries the password of `url`. */
export async function openPostgres(url: string, clock: Clock, given: Partial<PgLimits>): Promise<Store> {
  placeOf(url);
  const limits = { ...LIMITS, ...given };
  const pool = new Pool(url, limits);
  try {
    await pool.lend((client, drop) => migrate(client, clock.now()).finally(drop));
  } catch (error) {
    await pool.close();
    throw storeError(error);
  }
  const gate = new Gate(pool, limits, new Entrance());
  const listeners = new Listeners();
  const listener = new Listener(clientConfig(url, limits), listeners);
  return {
    engine: 'postgres',
    ...repositories(gate, clock),
    transaction: (work) => gate.transaction((session) => work(repositories(session, clock))),
    wake: {
      publish: async (channel, payload) => {
        await pool.lend((client) => client.query(notifySql(channel, payload))).catch((error: unknown) => Promise.reject(storeError(error)));
      },
      subscribe: (channel, heard) => {
        const end = listeners.add(channel, heard);
        listener.listen(channel);
        return end;
      },
    },
    vectors: patternVectors(gate),
    bytes: () => gate.read(databaseBytes),
    close: async () => {
      await listener.close();
      await gate.close();
    },
  };
}
