import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ gigabytes_per_min: z.number().min(0.1).max(1000).default(4) });

/** A forgotten test machine copies data out of the account all day, and every gigabyte costs. */
export const idleInstance = defineFault({
  kind: 'idle_instance',
  about: 'A machine that nobody needs any more makes traffic that costs money.',
  targetKinds: ['ec2'],
  params: Params,
  create: ({ gigabytes_per_min: gigabytes }, targetId) => ({
    causes: [targetId],
    heals: [
      { action: 'stop_resource', targetId },
      { action: 'terminate_instance', targetId },
    ],
    push({ target, strength }) {
      target.effects.bytesFactor *= 1 + gigabytes * 20 * strength;
      target.effects.cpuAdd += 12 * strength;
    },
    say: ({ strength }) => (strength < 1 ? [] : [{ level: 'info', message: 'copied 4.1 GB to an external address' }]),
  }),
});
