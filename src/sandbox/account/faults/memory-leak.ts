import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ percent_per_min: z.number().min(0.1).max(20).default(3) });

/** Memory grows until garbage collection and out-of-memory kills slow the service down. A restart empties it. */
export const memoryLeak = defineFault({
  kind: 'memory_leak',
  about: 'Memory of a service or instance grows until it is killed.',
  targetKinds: ['ecs', 'ec2'],
  params: Params,
  create: ({ percent_per_min: rate }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'restart_service', targetId }, ...(targetId.startsWith('ec2/') ? [{ action: 'reboot_instance', targetId }] : [])],
    push({ target, sinceRelief, strength }) {
      const room = 99 - target.sizing.baseMemory;
      const grown = Math.min(room, (sinceRelief + 1) * rate) * strength;
      target.effects.memoryAdd += grown;
      const pressure = Math.max(0, grown / room - 0.6) / 0.4;
      target.effects.latencyFactor *= 1 + 2.5 * pressure;
      target.effects.cpuAdd += 14 * pressure;
    },
    say({ target, strength }) {
      if (strength < 1 || target.now.memory < 85) return [];
      const used = Math.round(target.now.memory);
      if (used < 95) return [{ level: 'warn', message: `heap usage ${used}% after full GC, pause 840 ms` }];
      return [
        { level: 'error', message: 'java.lang.OutOfMemoryError: Java heap space' },
        { level: 'error', message: `task killed by the kernel: OutOfMemory, memory ${used}% of limit` },
      ];
    },
  }),
});
