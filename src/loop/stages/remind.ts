import { explain } from '../../domain/explanation.ts';
import type { Incident, IncidentState } from '../../domain/incident.ts';
import type { Quiet } from '../../domain/quiet.ts';
import type { Ops } from '../ops.ts';
import { peopleToCall, tell } from '../plans/notices.ts';

/** States in which a person may be needed; while an action runs or is checked, nobody is. */
export const NEEDS_SOMEBODY: readonly IncidentState[] = ['open', 'analysed', 'planned', 'unresolved'];
const WORTH_A_CALL = 0.6; // severity "high"

/** Calls people again about a grave incident that nobody has taken; an acknowledgement ends it. */
export async function remind(ops: Ops, incident: Incident): Promise<void> {
  const nowMs = ops.clock.now();
  const turn = reminderDue(incident, ops.quiet, nowMs);
  if (turn === null) return;
  await ops.store.transaction(async (tx) => {
    if (!(await tx.dedupe.firstTime(`nobody:${incident.id}:${turn}`, nowMs))) return;
    const minutes = Math.round((nowMs - incident.openedAtMs) / 60_000);
    const note = explain('incident.nobody', '{incident} has been open for {minutes} min and nobody has taken it. Press "I am on it" to stop these reminders.', {
      incident: incident.id,
      minutes,
    });
    await tell(tx, incident.id, note, nowMs, peopleToCall(ops.policy));
  });
}

/** Which reminder is due (1, 2, …), each waiting twice as long as the one before; null: none. */
export function reminderDue(incident: Incident, quiet: Quiet, nowMs: number): number | null {
  if (incident.acknowledgedBy !== null || incident.severity < WORTH_A_CALL) return null;
  const waited = (nowMs - incident.openedAtMs) / quiet.remindAfterMs;
  const turn = Math.min(Math.floor(Math.log2(Math.max(waited, 0) + 1)), quiet.remindMost);
  return turn >= 1 ? turn : null;
}
