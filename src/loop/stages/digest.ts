import type { Quiet } from '../../domain/quiet.ts';
import type { Ops } from '../ops.ts';
import { keepSnapshot, weekView } from '../week.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Once a week, at its hour: the digest goes to the channel. */
export async function digest(ops: Ops): Promise<void> {
  const nowMs = ops.clock.now();
  const dueMs = lastDue(ops.quiet, nowMs);
  if (dueMs === null) return;
  const done = await ops.store.watermarks.get('digest');
  if (done === null) {
    await ops.store.watermarks.set('digest', dueMs); // the first week is not over
    return await keepSnapshot(ops, nowMs);
  }
  if (done >= dueMs) return;
  await sendDigest(ops, nowMs);
  await ops.store.watermarks.set('digest', dueMs);
  await keepSnapshot(ops, nowMs);
}

/** Files the week as it is counted now and asks for its card. */
export async function sendDigest(ops: Ops, nowMs: number): Promise<void> {
  const id = `digest:${nowMs}`;
  await ops.store.settings.set(id, JSON.stringify(await weekView(ops, nowMs)), nowMs);
  await ops.store.outbox.add({ type: 'digest', digestId: id }, nowMs);
}

/** The latest moment at or before now that is the digest's day and hour (UTC); null when there is to be none. */
export function lastDue({ digestDay, digestHour }: Quiet, nowMs: number): number | null {
  if (digestDay < 0) return null;
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const back = (new Date(today).getUTCDay() - digestDay + 7) % 7;
  const dueMs = today - back * DAY_MS + digestHour * HOUR_MS;
  return dueMs <= nowMs ? dueMs : dueMs - 7 * DAY_MS;
}
