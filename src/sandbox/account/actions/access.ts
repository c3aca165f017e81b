import { z } from 'zod';
import { ZONES } from '../build.ts';
import { type Doing, NO_BLIP } from './action.ts';

const none = z.strictObject({});

/** The zone that a step names; `affected` means the one whose targets fail. */
const zoneNamed = (sickZone: number, name: string): string => (name === 'affected' ? (ZONES[sickZone] ?? '') : name);

/** Actions on the edge of the account: zones, keys, open ports, certificates. */
export const ACCESS: readonly Doing[] = [
  {
    name: 'leave_zone',
    risk: 'medium',
    targetKinds: ['alb'],
    params: z.strictObject({ zone: z.enum([...ZONES, 'affected']) }),
    change: 'infrastructure',
    eventName: 'StartZonalShift',
    refusal: ({ settings, resource, effects }, params) => {
      const zone = zoneNamed(effects.sickZone, String(params['zone']));
      if (zone === '') return `No zone of ${resource.name} looks worse than the others; name one of ${ZONES.join(', ')}.`;
      if (settings.closedZones.includes(zone)) return `${resource.name} sends nothing to ${zone} already.`;
      return settings.closedZones.length >= ZONES.length - 1 ? `${zone} is the last zone that ${resource.name} has.` : null;
    },
    effect: ({ resource, effects }, params) =>
      `Moves the traffic of ${resource.name} out of ${zoneNamed(effects.sickZone, String(params['zone']))}; the other zones carry it.`,
    settings: ({ settings, effects }, params) => ({ closedZones: [...settings.closedZones, zoneNamed(effects.sickZone, String(params['zone']))] }),
    blip: NO_BLIP,
    undone: true,
  },
  {
    name: 'disable_access_key',
    risk: 'high',
    targetKinds: ['iam'],
    params: none,
    change: 'access',
    eventName: 'UpdateAccessKey',
    refusal: ({ settings, resource }) => (settings.keyActive ? null : `The access key of ${resource.name} is already off.`),
    effect: ({ resource }) => `Switches the access key of ${resource.name} off; whoever uses it is refused.`,
    settings: () => ({ keyActive: false }),
    blip: NO_BLIP,
    undone: true,
  },
  {
    name: 'revoke_ingress',
    risk: 'high',
    targetKinds: ['vpc'],
    params: none,
    change: 'access',
    eventName: 'RevokeSecurityGroupIngress',
    refusal: ({ settings, resource }) => (settings.ingressOpen ? null : `No port of ${resource.name} is open to the world.`),
    effect: ({ resource }) => `Removes the rule of ${resource.name} that lets everybody in.`,
    settings: () => ({ ingressOpen: false }),
    blip: NO_BLIP,
    undone: true,
  },
  {
    name: 'renew_certificate',
    risk: 'high',
    targetKinds: ['acm'],
    params: none,
    change: 'config',
    eventName: 'RenewCertificate',
    refusal: ({ settings, resource }) =>
      settings.certificateDays > 60 ? `${resource.name} is valid for another ${Math.floor(settings.certificateDays)} days.` : null,
    effect: ({ resource, settings }) => `Renews ${resource.name}, which ends in ${Math.floor(settings.certificateDays)} days.`,
    settings: ({ built }) => ({ certificateDays: built.certificateDays }),
    blip: NO_BLIP,
    undone: false,
  },
];
