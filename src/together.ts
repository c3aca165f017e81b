import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { policyMark } from './action/strictest.ts';
import { type Config, storeAddress } from './config.ts';
import type { Log } from './domain/log.ts';
import type { Policy } from './domain/policy.ts';
import type { Clock } from './domain/ports.ts';
import type { Jobs, Replicas } from './domain/replica.ts';
import type { Store } from './domain/store.ts';
import { embeddedJobs } from './jobs/embedded.ts';
import { postgresJobs } from './jobs/postgres.ts';
import { alone } from './replicas/alone.ts';
import { DatabaseClock } from './replicas/clock.ts';
import { fencedStore } from './replicas/fenced.ts';
import { advisoryLock } from './replicas/lock.ts';
import { SharedReplicas } from './replicas/shared.ts';
import { VERSION } from './version.ts';

/** What makes several processes on one database one opsloop. On SQLite there is one process, and none of it costs anything. */
export interface Together {
  readonly replicas: Replicas;
  readonly jobs: Jobs;
  /** The store for what only the leader may change. */
  readonly leaderStore: Store;
}

export interface TogetherParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The policy this process was started with, as it is now. */
  readonly policy: () => Policy;
}

export function createTogether({ config, store, clock, log, policy }: TogetherParts): Together {
  const id = `replica-${randomUUID().slice(0, 8)}`;
  if (store.engine === 'sqlite') return { replicas: alone(id), jobs: embeddedJobs(log), leaderStore: store };
  const url = storeAddress(config);
  const replicas = new SharedReplicas({
    ...{ id, leases: store.leases, lock: advisoryLock(url), log },
    info: () => ({ host: hostname(), version: VERSION, policy: policy(), policyMark: policyMark(policy()) }),
    clock: clock instanceof DatabaseClock ? clock : new DatabaseClock(clock),
  });
  return { replicas, jobs: postgresJobs(url, log), leaderStore: fencedStore(store, replicas) };
}
