import { z } from 'zod';
import type { Node } from '../world.ts';
import { AWAY, type Doing, NO_BLIP, never, nothing, numberOf, ROLLING } from './action.ts';

const none = z.strictObject({});
const orphans = (node: Node, what: 'snapshots' | 'volumes'): number => node.settings[what] - node.built[what];

/** Deleting what a leak left behind; what was there when the account was built is in use and stays. */
const deletion = (name: string, what: 'snapshots' | 'volumes', eventName: string): Doing => ({
  name,
  risk: 'critical',
  targetKinds: ['ebs'],
  params: none,
  change: 'infrastructure',
  eventName,
  refusal: (node) => (orphans(node, what) < 1 ? `${node.resource.name} has no orphaned ${what}.` : null),
  effect: (node) => `Deletes ${orphans(node, what)} orphaned ${what} of ${node.resource.name} and ends the schedule that makes them; ${node.built[what]} stay.`,
  settings: (node) => ({ [what]: node.built[what] }),
  blip: NO_BLIP,
  undone: false,
});

/** Actions on databases, caches, tables and volumes. */
export const DATA: readonly Doing[] = [
  {
    name: 'clear_cache',
    risk: 'low',
    targetKinds: ['elasticache'],
    params: none,
    change: 'infrastructure',
    eventName: 'RebootCacheCluster',
    refusal: never,
    effect: ({ resource, callers }) => `Empties ${resource.name}; its ${callers.length} callers read from their databases until it is warm again.`,
    settings: nothing,
    blip: { minutes: 1, capacityFactor: 1, errorAdd: 0, missRate: 0.4 },
    undone: false,
  },
  {
    name: 'reboot_database',
    risk: 'medium',
    targetKinds: ['rds'],
    params: none,
    change: 'infrastructure',
    eventName: 'RebootDBInstance',
    refusal: never,
    effect: ({ resource, now }) => `Reboots ${resource.name}: ${Math.round(now.connections)} connections are cut, about a minute without answers.`,
    settings: nothing,
    blip: AWAY,
    undone: false,
  },
  {
    name: 'failover_database',
    risk: 'high',
    targetKinds: ['rds'],
    params: none,
    change: 'infrastructure',
    eventName: 'FailoverDBCluster',
    refusal: never,
    effect: ({ resource, settings }) => `Makes host ${settings.primary === 'a' ? 'b' : 'a'} the primary of ${resource.name}; under a minute without answers.`,
    settings: ({ settings }) => ({ primary: settings.primary === 'a' ? 'b' : 'a' }),
    blip: { ...AWAY, errorAdd: 0.15 },
    undone: true,
  },
  {
    name: 'raise_capacity',
    risk: 'medium',
    targetKinds: ['dynamodb'],
    params: z.strictObject({ units: z.number().int().min(1).max(40_000) }),
    change: 'scale',
    eventName: 'UpdateTable',
    refusal: ({ settings, resource }, params) => (settings.units >= numberOf(params, 'units') ? `${resource.name} already has ${settings.units} units.` : null),
    effect: ({ settings, resource }, params) =>
      `Raises the capacity of ${resource.name} from ${settings.units} to ${numberOf(params, 'units')} units a second.`,
    settings: (_node, params) => ({ units: numberOf(params, 'units') }),
    blip: NO_BLIP,
    undone: true,
  },
  {
    name: 'raise_connection_limit',
    risk: 'high',
    targetKinds: ['rds'],
    params: z.strictObject({ limit: z.number().int().min(10).max(16_000) }),
    change: 'config',
    eventName: 'ModifyDBParameterGroup',
    refusal: ({ settings, resource }, params) =>
      settings.connectionLimit >= numberOf(params, 'limit') ? `${resource.name} already allows ${settings.connectionLimit} connections.` : null,
    effect: ({ settings, resource }, params) =>
      `Raises the connection limit of ${resource.name} from ${settings.connectionLimit} to ${numberOf(params, 'limit')}.`,
    settings: (_node, params) => ({ connectionLimit: numberOf(params, 'limit') }),
    blip: NO_BLIP,
    undone: true,
  },
  {
    name: 'expand_volume',
    risk: 'high',
    targetKinds: ['ec2', 'rds', 'ebs'],
    params: z.strictObject({ gb: z.number().int().min(1).max(16_384) }),
    change: 'scale',
    eventName: 'ModifyVolume',
    refusal: ({ settings, resource }, params) => (settings.volumeGb + numberOf(params, 'gb') > 65_536 ? `${resource.name} cannot grow over 65536 GB.` : null),
    effect: ({ settings, resource }, params) =>
      `Grows the storage of ${resource.name} from ${settings.volumeGb} to ${settings.volumeGb + numberOf(params, 'gb')} GB.`,
    settings: ({ settings }, params) => ({ volumeGb: settings.volumeGb + numberOf(params, 'gb') }),
    blip: NO_BLIP,
    undone: false,
  },
  {
    name: 'revert_config',
    risk: 'high',
    targetKinds: ['ecs', 'lambda', 'rds', 'alb', 'elasticache', 'config'],
    params: none,
    change: 'config',
    eventName: 'PutParameter',
    refusal: ({ settings, resource }) => (settings.config <= 1 ? `${resource.name} has no earlier configuration.` : null),
    effect: ({ settings, resource }) => `Puts the configuration of ${resource.name} back from revision ${settings.config} to ${settings.config - 1}.`,
    settings: ({ settings }) => ({ config: settings.config - 1 }),
    blip: ROLLING,
    undone: true,
  },
  deletion('delete_snapshots', 'snapshots', 'DeleteSnapshot'),
  deletion('delete_volumes', 'volumes', 'DeleteVolume'),
];
