import { onTestFinished } from 'vitest';
import { PolicySchema } from '../../src/domain/policy.ts';
import { silentLog } from '../../src/log.ts';
import { DatabaseClock } from '../../src/replicas/clock.ts';
import type { LeaderLock } from '../../src/replicas/lock.ts';
import { SharedReplicas } from '../../src/replicas/shared.ts';
import { type Mortal, type ReplicaPlace, replicasContract } from '../contracts/replicas.ts';
import { freezable } from '../support/freezable.ts';
import { storePlace } from '../support/store.ts';

/** One lock for all of a test, as PostgreSQL has one for all of its sessions. */
class SharedLock {
  holder: symbol | null = null;

  session(): LeaderLock {
    const me = Symbol('session');
    return {
      held: () => this.holder === me,
      acquire: async () => {
        this.holder ??= me;
        return this.holder === me;
      },
      wrest: async () => {
        if (this.holder !== me) this.holder = null;
      },
      close: async () => {
        if (this.holder === me) this.holder = null;
      },
    };
  }
}

function place(): ReplicaPlace {
  const state = storePlace();
  const lock = new SharedLock();
  return {
    async join(id, { skewMs = 0, quorum = 2 } = {}): Promise<Mortal> {
      const store = await state.open();
      const session = lock.session();
      const { leases, freeze } = freezable(store.leases);
      const replicas = new SharedReplicas({
        ...{ id, leases, lock: session, log: silentLog, beatMs: 25, aliveMs: 1500 },
        info: () => ({ host: 'test', version: '1', policy: PolicySchema.parse({ quorum }), policyMark: String(quorum) }),
        clock: new DatabaseClock({ now: () => Date.now() + skewMs }),
      });
      await replicas.start();
      onTestFinished(() => replicas.stop());
      return {
        replicas,
        store,
        freeze,
        die: async () => {
          onTestFinished(freeze());
          await session.close();
        },
      };
    },
  };
}

replicasContract('SQLite and a lock in memory', place);
