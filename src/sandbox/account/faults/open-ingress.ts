import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ attempts_per_min: z.number().min(10).max(100_000).default(900), port: z.number().int().min(1).max(65_535).default(22) });

/** A security group lets the whole world in, and the world knocks. */
export const openIngress = defineFault({
  kind: 'open_ingress',
  about: 'A port was opened to everybody; connection attempts pour in.',
  targetKinds: ['vpc'],
  params: Params,
  create: ({ attempts_per_min: attempts, port }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'revoke_ingress', targetId }],
    begin(target) {
      target.settings.ingressOpen = true;
      return [
        {
          kind: 'access',
          source: 'cloudtrail',
          actor: 'jonas',
          summary: `AuthorizeSecurityGroupIngress ${target.resource.name}: port ${port} from 0.0.0.0/0`,
          details: { eventName: 'AuthorizeSecurityGroupIngress', port: String(port), cidr: '0.0.0.0/0' },
        },
      ];
    },
    push({ target, age, strength }) {
      if (age === 0) target.effects.eventsAdd += 1;
      target.effects.callsAdd += attempts * strength;
    },
    say: ({ strength, minute }) => (strength < 1 ? [] : [{ level: 'warn', message: `rejected connection to port ${port} from 198.51.100.${minute % 250}` }]),
  }),
});
