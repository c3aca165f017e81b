import { z } from 'zod';
import { defineFault, type Heal } from './fault.ts';

const Params = z.strictObject({ percent_per_min: z.number().min(0.05).max(20).default(1.5), what: z.enum(['logs', 'data']).default('logs') });

/** A disk fills: with logs, that may be deleted, or with data, that needs a larger volume. */
export const diskFilling = defineFault({
  kind: 'disk_filling',
  about: 'Logs or data fill a disk.',
  targetKinds: ['ec2', 'rds'],
  params: Params,
  create: ({ percent_per_min: rate, what }, targetId) => {
    const expand: Heal = { action: 'expand_volume', targetId, when: (target) => target.settings.volumeGb >= target.built.volumeGb * 1.1 };
    const clear: Heal = { action: 'clear_logs', targetId };
    return {
      causes: [targetId],
      heals: what === 'logs' && targetId.startsWith('ec2/') ? [clear, { ...expand, lasting: false }] : [expand],
      push({ target, age, strength }) {
        target.effects.diskAdd += Math.min(100 - target.sizing.baseDisk + 1, (age + 1) * rate) * strength;
      },
      say: ({ target, strength }) =>
        strength < 1 || target.now.disk < 80
          ? []
          : [{ level: 'warn', message: `filesystem / is ${Math.round(target.now.disk)}% full, largest: ${what === 'logs' ? '/var/log/app' : '/data'}` }],
    };
  },
});
