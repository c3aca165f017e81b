import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ factor: z.number().min(2).max(500).default(40) });

/** A runaway statement holds locks and reads the disk: everything that asks the database waits. */
export const slowQuery = defineFault({
  kind: 'slow_query',
  about: 'A runaway statement blocks a database.',
  targetKinds: ['rds'],
  params: Params,
  create: ({ factor }, targetId) => ({
    causes: [targetId],
    heals: [
      { action: 'reboot_database', targetId },
      { action: 'failover_database', targetId },
    ],
    push({ target, age, strength }) {
      const now = ramp(age, 3) * strength;
      target.effects.latencyFactor *= 1 + (factor - 1) * now;
      target.effects.cpuAdd += 25 * now;
      target.effects.iopsFactor *= 1 + 7 * now;
      target.effects.connectionsAdd += 30 * now;
    },
    say: ({ strength, age }) =>
      strength < 1
        ? []
        : [
            { level: 'warn', message: `duration: ${(age + 1) * 60_000} ms  statement: SELECT * FROM orders o JOIN items i ON true ORDER BY random()` },
            { level: 'error', message: 'canceling statement due to lock timeout' },
          ],
  }),
});
