import { z } from 'zod';
import { defineFault, ramp } from './fault.ts';

const Params = z.strictObject({ symptom: z.enum(['errors', 'latency']).default('errors'), size: z.number().min(0.02).max(1).default(0.2) });

/** A configuration change with a mistake. Of a `config` resource, its readers suffer. Only reverting it heals. */
export const badConfig = defineFault({
  kind: 'bad_config',
  about: 'A wrong setting brings errors or waiting.',
  targetKinds: ['ecs', 'lambda', 'rds', 'alb', 'elasticache', 'config'],
  params: Params,
  create: ({ symptom, size }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'revert_config', targetId }],
    begin(target) {
      target.settings.config += 1;
      const { config } = target.settings;
      return [
        {
          kind: 'config',
          source: 'config',
          actor: 'jonas',
          summary: `Changed the configuration of ${target.resource.name}: ${symptom === 'errors' ? 'feature switch on' : 'timeout 300 → 4000 ms'}`,
          details: { eventName: 'PutParameter', before: `revision ${config - 1}`, after: `revision ${config}` },
        },
      ];
    },
    push({ target, age, strength }) {
      const hit = target.resource.kind === 'config' ? target.callers : [target];
      for (const node of hit) {
        if (symptom === 'errors') node.effects.errorAdd += size * ramp(age, 2) * strength;
        else node.effects.latencyAddMs += 4000 * size * ramp(age, 2) * strength;
      }
    },
    say: ({ target, strength }) =>
      strength < 1
        ? []
        : [
            symptom === 'errors'
              ? { level: 'error', message: `invalid configuration in revision ${target.settings.config}: unknown feature "express"` }
              : { level: 'warn', message: `waiting for a peer, timeout 4000 ms (revision ${target.settings.config})` },
          ],
  }),
});
