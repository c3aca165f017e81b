import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { Repositories, Store } from '../domain/store.ts';
import { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import { Gate, type StoreLimits } from './gate.ts';
import { migrate } from './migrate.ts';
import { repositories } from './repositories.ts';

const LIMITS: StoreLimits = { lockWaitMs: 5000, queueWaitMs: 30_000, idleMs: 5000, transactionMs: 60_000 };

export interface StoreOptions {
  readonly clock?: Clock;
  /** How long to wait for what; for tests. */
  readonly limits?: Partial<StoreLimits>;
}

/**
 * The state in one SQLite file, made with its folder where there is none. Several processes and threads may open the same file.
 * Errors: OpsError('unavailable') when it cannot be opened, `conflict` when it belongs to a newer opsloop or another program.
 */
export async function openStore(path: string, options: StoreOptions = {}): Promise<Store> {
  if (path === '' || path === ':memory:') throw new OpsError('invalid_input', 'The store needs a file.', 'Set store.path to one, such as var/opsloop.db.');
  const clock = options.clock ?? { now: () => Date.now() };
  const limits = { ...LIMITS, ...options.limits };
  const { writer, reader } = await connect(resolve(path), clock, limits);
  const gate = new Gate(writer, reader, limits);
  return {
    engine: 'sqlite',
    ...repositories(gate, clock),
    transaction: <T>(work: (tx: Repositories) => Promise<T>) => gate.transaction((session) => work(repositories(session, clock))),
    close: () => gate.close(),
  };
}

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
