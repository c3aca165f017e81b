import { z } from 'zod';
import { defineFault, deployed, ramp, type Said } from './fault.ts';

const Params = z.strictObject({
  symptom: z.enum(['errors', 'latency', 'cpu', 'memory']).default('errors'),
  size: z.number().min(0.05).max(1).default(0.25), // how bad: share of failed requests, or relative to the worst
});

const LINES: Record<z.infer<typeof Params>['symptom'], string> = {
  errors: "TypeError: Cannot read properties of undefined (reading 'currency')",
  latency: 'upstream call took 4180 ms, retrying (attempt 2 of 3)',
  cpu: 'event loop blocked for 1240 ms',
  memory: 'heap usage over 90% after full GC',
};

/** A release with a bug. Going back to the release before heals it; a restart only helps, for a while, where memory leaks. */
export const badDeploy = defineFault({
  kind: 'bad_deploy',
  about: 'A new release brings errors, latency, CPU load or a leak.',
  targetKinds: ['ecs', 'lambda'],
  params: Params,
  create: ({ symptom, size }, targetId) => ({
    causes: [targetId],
    heals: [
      { action: 'rollback_deploy', targetId },
      { action: 'restart_service', targetId, lasting: false },
    ],
    begin(target) {
      target.settings.version += 1;
      return [deployed(target.resource.name, target.settings.version)];
    },
    push({ target, age, sinceRelief, strength }) {
      const now = ramp(age, 2) * strength;
      if (symptom === 'errors') target.effects.errorAdd += size * now;
      if (symptom === 'latency') target.effects.latencyAddMs += 4000 * size * now;
      if (symptom === 'cpu') target.effects.cpuAdd += 90 * Math.min(1, size * 2) * now;
      if (symptom !== 'memory') return;
      const grown = Math.min(99 - target.sizing.baseMemory, (sinceRelief + 1) * size * 10) * strength;
      target.effects.memoryAdd += grown;
      target.effects.latencyFactor *= 1 + Math.max(0, grown - 30) / 12;
    },
    say({ strength, minute, target }) {
      if (strength < 1) return [];
      const { version } = target.settings;
      const told: Said[] = [{ level: 'error', message: `${LINES[symptom]} release=${version} request=${(minute * 7919) % 100_000}` }];
      if (symptom === 'errors') told.push({ level: 'error', message: `request failed with status 500 in release ${version}` });
      return told;
    },
  }),
});
