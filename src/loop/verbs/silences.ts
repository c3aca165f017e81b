import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Maintenance } from '../../domain/quiet.ts';
import type { MaintenanceRequest } from '../../domain/requests.ts';
import type { QuietView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { keepMaintenance, maintenanceWindows } from '../silences.ts';

const LONGEST_MS = 7 * 24 * 3_600_000;
const LATEST_MS = 30 * 24 * 3_600_000;

/** What makes no noise now, and what is planned. */
export async function silences(ops: Ops): Promise<QuietView> {
  const nowMs = ops.clock.now();
  return { silences: await ops.store.silences.active(nowMs), maintenance: await maintenanceWindows(ops.store, nowMs) };
}

/** Ends a silence or a maintenance window before its time. `name`: a resource, a service, or a window's id. */
export async function lift(ops: Ops, name: string, actor: Actor): Promise<string> {
  if (personOf(actor) === null) throw new OpsError('forbidden', 'Only a person can end a silence.');
  const wanted = name.normalize('NFKC').trim().toLowerCase();
  const nowMs = ops.clock.now();
  const { silences: active, maintenance } = await silences(ops);
  const silence = active.find((one) => one.resourceId.toLowerCase() === wanted || one.resourceId.toLowerCase().endsWith(`/${wanted}`));
  if (silence !== undefined && (await ops.store.silences.remove(silence.resourceId, actor, nowMs))) return silence.resourceId;
  const window = maintenance.find((one) => one.id.toLowerCase() === wanted || one.service.toLowerCase() === wanted);
  if (window === undefined) throw new OpsError('not_found', `"${name.trim().slice(0, 60)}" is not silenced.`, 'Type "silences" to see what is.');
  await ops.store.transaction(async (tx) => {
    const left = (await maintenanceWindows(tx, nowMs)).filter((one) => one.id !== window.id);
    await keepMaintenance(tx, left, nowMs);
    await tx.audit.append({ actor, verb: 'maintenance.ended', subject: window.service, detail: { id: window.id } }, nowMs);
  });
  return window.service;
}

/** Planned work on a service: from then on its trouble makes no noise. It is still watched. */
export async function maintenance(ops: Ops, request: MaintenanceRequest, actor: Actor): Promise<Maintenance> {
  if (personOf(actor) === null) throw new OpsError('forbidden', 'Only a person can plan maintenance.');
  const { durationMs, startsInMs } = request;
  if (!(durationMs >= 60_000 && durationMs <= LONGEST_MS) || !(startsInMs >= 0 && startsInMs <= LATEST_MS))
    throw new OpsError(
      'invalid_input',
      'Maintenance lasts from one minute to seven days and begins within 30 days.',
      'For example: maintenance checkout 2h in 30m',
    );
  const wanted = request.service.normalize('NFKC').trim().toLowerCase();
  const { resources } = await ops.store.signals.topology();
  const services = [...new Set(resources.flatMap((one) => (one.service === null ? [] : [one.service])))].sort();
  const service = services.find((one) => one.toLowerCase() === wanted);
  if (service === undefined)
    throw new OpsError('not_found', `There is no service "${request.service.trim().slice(0, 60)}".`, `Services: ${services.slice(0, 10).join(', ')}.`);
  const nowMs = ops.clock.now();
  const fromMs = nowMs + startsInMs;
  const window: Maintenance = { id: ops.ids.next('mw'), service, fromMs, untilMs: fromMs + durationMs, reason: request.reason.trim().slice(0, 500), by: actor };
  await ops.store.transaction(async (tx) => {
    await keepMaintenance(tx, [...(await maintenanceWindows(tx, nowMs)), window], nowMs);
    await tx.audit.append({ actor, verb: 'maintenance.set', subject: service, detail: { fromMs, untilMs: window.untilMs, reason: window.reason } }, nowMs);
  });
  return window;
}
