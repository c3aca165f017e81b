import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OpsError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';
import type { Store } from '../../domain/store.ts';
import { Entrance } from '../entrance.ts';
import { repositories } from '../repositories.ts';
import { Listeners } from '../wake.ts';
import { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import { Gate, type StoreLimits } from './gate.ts';
import { migrate } from './migrate.ts';

const LIMITS: StoreLimits = { lockWaitMs: 5000, queueWaitMs: 30_000, idleMs: 5000, transactionMs: 60_000 };

/** The state in one SQLite file, made with its folder where there is none. Several processes and threads may open the same file. */
export async function openSqlite(path: string, clock: Clock, given: Partial<StoreLimits>): Promise<Store> {
  if (path === '' || path === ':memory:') throw new OpsError('invalid_input', 'The store needs a file.', 'Set store.path to one, such as var/opsloop.db.');
  const limits = { ...LIMITS, ...given };
  const { writer, reader } = await connect(resolve(path), clock, limits);
  const listeners = new Listeners();
  const gate = new Gate(writer, reader, limits, new Entrance(), (channel, payload) => listeners.tell(channel, payload));
  return {
    engine: 'sqlite',
    vectors: null,
    ...repositories(gate, clock),
    transaction: (work) => gate.transaction((session) => work(repositories(session, clock))),
    wake: {
      publish: async (channel, payload) => listeners.tell(channel, payload),
      subscribe: (channel, listener) => listeners.add(channel, listener),
    },
    bytes: async () => ({ database: sizeOf(path), log: sizeOf(`${path}-wal`), used: usedBytes(reader) }),
    close: () => gate.close(),
  };
}

function usedBytes({ raw }: Connection): number {
  const number = (name: string): number => Number(raw.pragma(name, { simple: true }));
  return (number('page_count') - number('freelist_count')) * number('page_size');
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function connect(file: string, clock: Clock, limits: StoreLimits): Promise<{ writer: Connection; reader: Connection }> {
  let writer: Connection | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writer = new Connection(file, 'writer');
    await writer.writeAhead(limits.lockWaitMs);
    await migrate(writer, clock.now(), limits.lockWaitMs);
    return { writer, reader: new Connection(file, 'reader') };
  } catch (error) {
    writer?.raw.close();
    throw openError(error, file);
  }
}

function openError(thrown: unknown, file: string): unknown {
  if (thrown instanceof OpsError) return thrown;
  const known = storeError(thrown);
  if (known instanceof OpsError) return known;
  return new OpsError('unavailable', `The database ${file} cannot be opened.`, 'Check that store.path names a file in a folder opsloop may write to.', {
    cause: thrown,
  });
}
