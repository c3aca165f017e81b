import type { Maintenance } from '../domain/quiet.ts';
import type { Repositories } from '../domain/store.ts';

const KEY = 'maintenance';
const WINDOWS_MAX = 200;

/** Planned work that is not over, by when it begins. */
export async function maintenanceWindows(store: Repositories, nowMs: number): Promise<readonly Maintenance[]> {
  const text = await store.settings.get(KEY);
  const windows = text === null ? [] : (JSON.parse(text) as Maintenance[]);
  return windows.filter((one) => one.untilMs > nowMs).toSorted((a, b) => a.fromMs - b.fromMs);
}

export async function keepMaintenance(tx: Repositories, windows: readonly Maintenance[], nowMs: number): Promise<void> {
  await tx.settings.set(KEY, JSON.stringify(windows.slice(-WINDOWS_MAX)), nowMs);
}

/** Whether trouble of a resource makes no noise now: somebody silenced it, or its service is being worked on. */
export async function quietNow(store: Repositories, nowMs: number): Promise<(resourceId: string, service: string | null) => boolean> {
  const [silences, windows] = await Promise.all([store.silences.active(nowMs), maintenanceWindows(store, nowMs)]);
  const resources = new Set(silences.map((one) => one.resourceId));
  const services = new Set(windows.filter((one) => one.fromMs <= nowMs).map((one) => one.service));
  return (resourceId, service) => resources.has(resourceId) || (service !== null && services.has(service));
}
