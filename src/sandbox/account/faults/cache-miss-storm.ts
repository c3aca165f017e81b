import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ reason: z.enum(['stale_keys', 'too_small']).default('stale_keys'), miss_rate: z.number().min(0.1).max(1).default(0.55) });

/** A cache that no longer answers: keys that match nothing, or too little room. Its databases carry the load instead. */
export const cacheMissStorm = defineFault({
  kind: 'cache_miss_storm',
  about: 'A cache misses, and the databases behind it get the load.',
  targetKinds: ['elasticache'],
  params: Params,
  create: ({ reason, miss_rate: missRate }, targetId) => ({
    causes: [targetId],
    heals: reason === 'stale_keys' ? [{ action: 'clear_cache', targetId }] : [{ action: 'scale_up', targetId }],
    push({ target, age, strength }) {
      const now = ramp(age, 3) * strength;
      target.effects.missRate = Math.max(target.effects.missRate, missRate * now);
      if (reason === 'too_small') {
        target.effects.memoryAdd += (98 - target.sizing.baseMemory) * now;
        target.effects.evictions += 900 * now;
      }
    },
    say: ({ strength, target }) =>
      strength < 1
        ? []
        : [
            reason === 'stale_keys'
              ? { level: 'warn', message: 'cache entries have schema version 7, expected 8: treated as missing' }
              : { level: 'warn', message: `maxmemory reached (${Math.round(target.now.memory)}%), evicting keys` },
          ],
  }),
});
