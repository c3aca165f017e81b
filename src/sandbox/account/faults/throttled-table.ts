import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ factor: z.number().min(1.2).max(50).default(4) });

/** A table gets more reads than its capacity holds, as a scan makes them: requests are turned away. */
export const throttledTable = defineFault({
  kind: 'throttled_table',
  about: 'A table has less capacity than its load needs.',
  targetKinds: ['dynamodb'],
  params: Params,
  create: ({ factor }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'raise_capacity', targetId, when: (target) => target.settings.units >= target.built.units * 1.5 }],
    push({ target, age, strength }) {
      target.effects.demandFactor *= 1 + (factor - 1) * ramp(age, 2) * strength;
    },
  }),
});
