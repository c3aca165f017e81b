import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ lost_share: z.number().min(0.1).max(1).default(0.97) });

/** A consumer hangs on a message and takes nothing more: its queue grows. A restart sets it going again. */
export const queueBacklog = defineFault({
  kind: 'queue_backlog',
  about: 'A consumer hangs, and the queue it reads from grows.',
  targetKinds: ['ec2', 'lambda', 'ecs'],
  params: Params,
  create: ({ lost_share: lost }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'restart_service', targetId }, ...(targetId.startsWith('ec2/') ? [{ action: 'reboot_instance', targetId }] : [])],
    push({ target, age, strength }) {
      target.effects.capacityFactor *= 1 - lost * ramp(age, 2) * strength;
    },
    say: ({ strength, age }) => (strength < 1 ? [] : [{ level: 'error', message: `consumer stuck on one message for ${(age + 1) * 60} s, no heartbeat` }]),
  }),
});
