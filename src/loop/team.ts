import { followDetection } from './detection/round.ts';
import { leaveWord } from './how-it-goes.ts';
import type { Ops } from './ops.ts';
import { tellOfDifference } from './shared-policy.ts';
import type { Rounds } from './tick.ts';

const TICKED = 'ticked';
const HURRY = 'hurry';

/** The loop of one process among several: the one that leads ticks, the others look after their shards and hear how it goes. */
export interface Team {
  start(): Promise<void>;
  stop(): Promise<void>;
  tick(): Promise<void>;
  /** Something was pushed here that should not wait; whoever leads looks at it. */
  hurry(): void;
}

export function createTeam(ops: Ops, rounds: Rounds): Team {
  const { replicas, wake, executor, health, log } = ops;
  const ends: (() => void)[] = [];
  const follow = (): void => {
    ends.push(
      followDetection(ops),
      wake.subscribe('plans', () => executor.wake()),
      wake.subscribe('switches', () => executor.pulse()),
      wake.subscribe(HURRY, () => replicas.leads() && rounds.hurry()),
      wake.subscribe(TICKED, (payload) => {
        const [atMs = 0, tookMs = 0] = payload.split(' ').map(Number);
        if (!replicas.leads() && atMs > 0) [health.lastTickAtMs, health.lastTickMs] = [atMs, tookMs];
      }),
    );
  };
  return {
    async start() {
      await replicas.start();
      if (ops.store.engine === 'postgres') follow();
      await ops.jobs.start();
      if (replicas.leads()) await executor.recover();
    },
    async stop() {
      for (const end of ends.splice(0)) end();
      await replicas.stop();
    },
    async tick() {
      if (!replicas.leads()) return;
      if (replicas.others().length > 0) await tellOfDifference(ops);
      if (ops.store.engine === 'postgres') await executor.recover();
      await rounds.tick();
      if (ops.store.engine === 'sqlite') return;
      await leaveWord(ops);
      await wake.publish(TICKED, `${health.lastTickAtMs} ${Math.round(health.lastTickMs ?? 0)}`);
    },
    hurry() {
      if (replicas.leads()) rounds.hurry();
      else wake.publish(HURRY, '').catch((thrown: unknown) => log.warn({ err: thrown }, 'the leader could not be told; its next tick sees it'));
    },
  };
}
