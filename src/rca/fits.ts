/** Where the target of a remedy is looked for, seen from the resource that the cause sits in. */
export type Place = 'here' | 'callers' | 'entry';

/** How well an action of the catalogue suits a kind of cause, 0..1. `generic`: it clears states, and cannot undo a change. */
export interface Fit {
  readonly action: string;
  readonly fit: number;
  readonly place: Place;
  readonly generic: boolean;
}

const here = (action: string, fit: number): Fit => ({ action, fit, place: 'here', generic: false });
const clears = (action: string, fit: number): Fit => ({ action, fit, place: 'here', generic: true });

/** What helps against what. An action the catalogue lacks, or that does not fit the target's kind, is passed over. */
export const FITS: Readonly<Record<string, readonly Fit[]>> = {
  deploy: [here('rollback_deploy', 1)],
  config: [here('revert_config', 0.95)],
  scale: [here('scale_out', 0.9), here('scale_up', 0.7), here('raise_concurrency', 0.6), here('raise_capacity', 0.6)],
  leak: [clears('restart_service', 1), clears('reboot_instance', 0.6), here('scale_up', 0.3)],
  memory: [clears('restart_service', 0.9), clears('reboot_instance', 0.6), here('scale_up', 0.6), clears('clear_cache', 0.5)],
  cpu: [clears('restart_service', 0.9), clears('reboot_database', 0.8), clears('reboot_instance', 0.6), clears('scale_out', 0.5), here('scale_up', 0.5)],
  traffic: [here('scale_out', 1), here('raise_capacity', 0.9), here('raise_concurrency', 0.9), here('scale_up', 0.6)],
  throttling: [here('raise_concurrency', 1), here('raise_capacity', 1)],
  connections: [here('raise_connection_limit', 0.9), clears('reboot_database', 0.75), { action: 'restart_service', fit: 0.5, place: 'callers', generic: true }],
  disk: [clears('clear_logs', 1), here('expand_volume', 0.9)],
  io: [clears('reboot_database', 0.9), here('failover_database', 0.6), here('scale_up', 0.5)],
  stuck: [clears('restart_service', 1), clears('reboot_instance', 0.7)],
  egress: [here('stop_resource', 0.9)],
  cache: [clears('clear_cache', 0.9), here('scale_up', 0.5)],
  evictions: [here('scale_up', 1), clears('clear_cache', 0.4)],
  storage: [here('failover_database', 0.95), clears('reboot_database', 0.6)],
  zone: [{ action: 'leave_zone', fit: 1, place: 'entry', generic: false }],
  snapshots: [here('delete_snapshots', 1)],
  volumes: [here('delete_volumes', 1)],
  cost: [here('delete_snapshots', 0.85), here('stop_resource', 0.8), here('delete_volumes', 0.6)],
  access: [here('disable_access_key', 1)],
  ingress: [here('revoke_ingress', 1)],
  certificate: [here('renew_certificate', 1)],
  errors: [here('failover_database', 0.9), clears('restart_service', 0.7), clears('reboot_instance', 0.5), clears('reboot_database', 0.4)],
  latency: [here('failover_database', 0.9), clears('reboot_database', 0.5), clears('restart_service', 0.6), here('scale_out', 0.4)],
};

/** Limits that are reached: raising one is milder than undoing the change that set it. */
export const LIMIT_KINDS: ReadonlySet<string> = new Set(['throttling', 'connections', 'evictions', 'disk']);

/** The kinds of cause that an action suits well. */
export function kindsHelpedBy(action: string): readonly string[] {
  return Object.entries(FITS).flatMap(([kind, fits]) => (fits.some((fit) => fit.action === action && fit.fit >= 0.7) ? [kind] : []));
}
