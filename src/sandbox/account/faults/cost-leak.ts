import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ what: z.enum(['snapshots', 'volumes']).default('snapshots'), per_min: z.number().min(0.2).max(1000).default(12) });

/** A job leaves snapshots or volumes behind that belong to nothing; the bill grows with each. */
export const costLeak = defineFault({
  kind: 'cost_leak',
  about: 'Orphaned snapshots or volumes pile up and cost money.',
  targetKinds: ['ebs'],
  params: Params,
  create: ({ what, per_min: rate }, targetId) => ({
    causes: [targetId],
    heals: [{ action: what === 'snapshots' ? 'delete_snapshots' : 'delete_volumes', targetId }],
    begin: (target) => [
      {
        kind: 'infrastructure',
        source: 'cloudtrail',
        actor: 'backup-job',
        summary: `Backup schedule of ${target.resource.name} changed: every minute, never deleted`,
        details: { eventName: what === 'snapshots' ? 'UpdateLifecyclePolicy' : 'CreateVolume' },
      },
    ],
    push({ target, age, strength }) {
      if (strength < 1) return;
      const added = Math.floor((age + 1) * rate) - Math.floor(age * rate);
      target.settings[what] += added;
    },
    say: ({ target, strength }) =>
      strength < 1 ? [] : [{ level: 'warn', message: `${target.settings[what]} ${what} without an owner in ${target.resource.name}, oldest kept for ever` }],
  }),
});
