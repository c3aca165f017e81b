import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ per_min: z.number().min(1).max(1000).default(20), most: z.number().int().min(10).max(5000).default(260) });

/** Sessions of crashed clients stay open until the database takes no more. A reboot cuts them; a higher limit makes room. */
export const connectionExhaustion = defineFault({
  kind: 'connection_exhaustion',
  about: 'Idle sessions fill the connections of a database.',
  targetKinds: ['rds'],
  params: Params,
  create: ({ per_min: rate, most }, targetId) => ({
    causes: [targetId],
    heals: [
      { action: 'raise_connection_limit', targetId, when: (target) => target.settings.connectionLimit >= target.built.connectionLimit * 1.5 },
      { action: 'reboot_database', targetId },
    ],
    push({ target, age, strength }) {
      target.effects.connectionsAdd += Math.min(most, (age + 1) * rate) * strength;
    },
    say: ({ target, strength }) => {
      const share = target.now.connections / target.settings.connectionLimit;
      return strength < 1 || share < 0.8
        ? []
        : [
            {
              level: 'warn',
              message: `${Math.round(target.now.connections)} sessions, ${Math.round(share * 100)}% of max_connections, most of them idle in transaction`,
            },
          ];
    },
  }),
});
