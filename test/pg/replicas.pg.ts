import { onTestFinished } from 'vitest';
import { PolicySchema } from '../../src/domain/policy.ts';
import { silentLog } from '../../src/log.ts';
import { DatabaseClock } from '../../src/replicas/clock.ts';
import { advisoryLock } from '../../src/replicas/lock.ts';
import { SharedReplicas } from '../../src/replicas/shared.ts';
import { type Mortal, type ReplicaPlace, replicasContract } from '../contracts/replicas.ts';
import { freezable } from '../support/freezable.ts';
import { pgPlace } from './place.ts';

function place(): ReplicaPlace {
  const state = pgPlace();
  return {
    async join(id, { skewMs = 0, quorum = 2 } = {}): Promise<Mortal> {
      const local = { now: () => Date.now() + skewMs };
      const store = await state.open({ clock: local });
      const lock = advisoryLock(state.url);
      const { leases, freeze } = freezable(store.leases);
      const replicas = new SharedReplicas({
        ...{ id, leases, lock, log: silentLog, beatMs: 25, aliveMs: 1500 },
        info: () => ({ host: 'test', version: '1', policy: PolicySchema.parse({ quorum }), policyMark: String(quorum) }),
        clock: new DatabaseClock(local),
      });
      await replicas.start();
      onTestFinished(() => replicas.stop());
      const die = async (): Promise<void> => {
        onTestFinished(freeze());
        await lock.close();
      };
      return { replicas, store, freeze, die };
    },
  };
}

replicasContract('PostgreSQL', place);
