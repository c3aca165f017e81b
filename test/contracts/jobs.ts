import { describe, expect, it, vi } from 'vitest';
import type { Jobs } from '../../src/domain/replica.ts';

/** `open` gives another process's queue on the same state; alone, there is only the first. */
export interface JobPlace {
  readonly several: boolean;
  open(): Promise<Jobs>;
}

export function jobsContract(name: string, make: () => JobPlace): void {
  describe(`${name}: jobs`, () => {
    it('are each done after a tick, by one process, and a failing one keeps no other from it', async () => {
      const place = make();
      const queues = place.several ? [await place.open(), await place.open()] : [await place.open()];
      const done: string[] = [];
      let [running, most] = [0, 0];
      for (const queue of queues) {
        queue.schedule('fails', '0 0 1 1 *', async () => {
          done.push('fails');
          throw new Error('it fails');
        });
        queue.schedule('works', '0 0 1 1 *', async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 100));
          running -= 1;
          done.push('works');
        });
        await queue.start();
      }
      await queues[0]?.tick();
      await vi.waitFor(() => expect(done.toSorted()).toEqual(['fails', 'works']), { timeout: 15_000 });
      await queues.at(-1)?.tick();
      await vi.waitFor(() => expect(done.filter((one) => one === 'works')).toHaveLength(2), { timeout: 15_000 });
      expect(most).toBe(1);
      for (const queue of queues) await queue.stop();
      expect(running).toBe(0);
    });
  });
}
