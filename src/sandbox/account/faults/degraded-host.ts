import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ latency_factor: z.number().min(1.5).max(500).default(30), error_share: z.number().min(0).max(1).default(0.06) });

/** The host of a primary database is failing. A reboot comes up on the same host; the standby is healthy. */
export const degradedHost = defineFault({
  kind: 'degraded_host',
  about: 'The hardware under the primary of a database fails.',
  targetKinds: ['rds'],
  params: Params,
  create: ({ latency_factor: factor, error_share: share }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'failover_database', targetId }],
    push({ target, age, strength }) {
      const now = ramp(age, 2) * strength;
      target.effects.latencyFactor *= 1 + (factor - 1) * now;
      target.effects.errorAdd += share * now;
    },
    say: ({ strength }) => (strength < 1 ? [] : [{ level: 'error', message: 'I/O error on the data volume of host a, retrying; storage latency over 200 ms' }]),
  }),
});
