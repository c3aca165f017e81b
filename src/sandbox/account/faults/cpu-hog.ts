import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ cpu_percent: z.number().min(5).max(100).default(60) });

/** A thread that spins: CPU high, everything the resource does slower. */
export const cpuHog = defineFault({
  kind: 'cpu_hog',
  about: 'A runaway thread or process takes the CPU.',
  targetKinds: ['ecs', 'ec2', 'rds'],
  params: Params,
  create: ({ cpu_percent: percent }, targetId) => ({
    causes: [targetId],
    heals: targetId.startsWith('rds/')
      ? [{ action: 'reboot_database', targetId }]
      : [{ action: 'restart_service', targetId }, ...(targetId.startsWith('ec2/') ? [{ action: 'reboot_instance', targetId }] : [])],
    push({ target, age, strength }) {
      target.effects.cpuAdd += percent * ramp(age, 2) * strength;
      target.effects.latencyFactor *= 1 + 0.6 * ramp(age, 2) * strength;
    },
    say: ({ target, strength, minute }) =>
      strength < 1 ? [] : [{ level: 'warn', message: `worker thread pool-3-thread-${1 + (minute % 4)} busy for 60000 ms, cpu ${Math.round(target.now.cpu)}%` }],
  }),
});
