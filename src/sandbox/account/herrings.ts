import { deployed, type Happened, type Said } from './faults/fault.ts';
import type { HerringSpec } from './schema.ts';
import type { Node } from './world.ts';

/** Whether a red herring is going on in a minute of the scenario. Repeating ones also were, before the start. */
export function isOn(herring: HerringSpec, minute: number): boolean {
  if (herring.every_min === undefined) return minute >= herring.at_min && minute < herring.at_min + herring.for_min;
  const into = (((minute - herring.at_min) % herring.every_min) + herring.every_min) % herring.every_min;
  return into < herring.for_min;
}

/** What it does to its resource while it is on: nothing that anybody should be woken for. */
export function pushHerring(herring: HerringSpec, target: Node): void {
  if (herring.kind === 'scheduled_job') {
    target.effects.cpuAdd += 22;
    target.effects.iopsFactor *= 2.2;
  }
  if (herring.kind === 'harmless_spike') target.effects.demandFactor *= 1.25;
}

/** The change events it leaves when it begins. */
export function herringChanges(herring: HerringSpec, target: Node): readonly Happened[] {
  const { name } = target.resource;
  switch (herring.kind) {
    case 'innocent_deploy':
      target.settings.version += 1;
      return [deployed(name, target.settings.version)];
    case 'innocent_config':
      target.settings.config += 1;
      return [
        {
          kind: 'config',
          source: 'config',
          actor: 'maria',
          summary: `Changed the log level of ${name} from info to warn`,
          details: { eventName: 'PutParameter', revision: String(target.settings.config) },
        },
      ];
    case 'access_change':
      return [
        { kind: 'access', source: 'cloudtrail', actor: 'maria', summary: `Added a read-only policy to ${name}`, details: { eventName: 'AttachRolePolicy' } },
      ];
    default:
      return [];
  }
}

/** Lines that look bad and are not. */
export const herringSays = (herring: HerringSpec): readonly Said[] =>
  herring.kind === 'log_noise'
    ? [
        { level: 'error', message: 'deprecated client sent an unknown header, ignored (error code 0)' },
        { level: 'warn', message: 'error budget report: 0 errors over the limit' },
      ]
    : [];
