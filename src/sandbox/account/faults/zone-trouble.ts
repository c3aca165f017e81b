import { z } from 'zod';
import { ZONES } from '../build.ts';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ zone: z.enum(ZONES).default('eu-central-1b'), error_share: z.number().min(0.02).max(1).default(0.6) });

/** The targets of one availability zone fail. Moving the traffic out of that zone heals what users see. */
export const zoneTrouble = defineFault({
  kind: 'zone_trouble',
  about: 'One availability zone is in trouble: its targets fail and answer late.',
  targetKinds: ['alb'],
  params: Params,
  create: ({ zone, error_share: share }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'leave_zone', targetId, when: (target) => target.settings.closedZones.includes(zone) }],
    push({ target, age, strength }) {
      if (target.settings.closedZones.includes(zone)) return;
      target.effects.sickZone = ZONES.indexOf(zone);
      target.effects.errorAdd += (share / ZONES.length) * ramp(age, 2) * strength;
      target.effects.latencyAddMs += 300 * ramp(age, 2) * strength;
    },
    say: ({ strength }) =>
      strength < 1
        ? []
        : [
            { level: 'error', message: `target in ${zone} failed its health check: connection timed out` },
            { level: 'error', message: `502 from target in ${zone}` },
          ],
  }),
});
