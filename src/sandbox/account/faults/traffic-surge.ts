import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ factor: z.number().min(1.1).max(20).default(2.4), for_min: z.number().int().min(1).max(10_080).default(240) });

/**
 * Far more requests than a service was built for, most of them repeated because the first was not answered in time.
 * With enough tasks the repeats stop; without, it passes after `for_min`.
 */
export const trafficSurge = defineFault({
  kind: 'traffic_surge',
  about: 'More requests than a service can answer.',
  targetKinds: ['ecs'],
  params: Params,
  create: ({ factor, for_min: lasts }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'scale_out', targetId, when: (target) => target.settings.count >= target.built.count * 1.3 }],
    endsAfterMin: lasts,
    push({ target, age, strength }) {
      target.effects.demandFactor *= 1 + (factor - 1) * ramp(age, 3) * strength;
    },
    say: ({ strength, target }) =>
      strength < 1 ? [] : [{ level: 'warn', message: `request queue is ${Math.round(target.now.load * 100)}% of its usual peak, shedding load` }],
  }),
});
