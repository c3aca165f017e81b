import { type Explanation, explain } from '../../domain/explanation.ts';
import type { Incident, IncidentState } from '../../domain/incident.ts';
import type { Quiet } from '../../domain/quiet.ts';
import type { Ops } from '../ops.ts';
import { peopleToCall, tell } from '../plans/notices.ts';
import { stormOf } from '../storms.ts';

/** States in which a person may be needed; while an action runs or is checked, nobody is. */
export const NEEDS_SOMEBODY: readonly IncidentState[] = ['open', 'analysed', 'planned', 'unresolved'];
const WORTH_A_CALL = 0.6; // severity "high"

/** Calls people again about a grave incident that nobody has taken; an acknowledgement ends it. */
export async function remind(ops: Pick<Ops, 'store' | 'clock' | 'quiet' | 'policy'>, incident: Incident): Promise<void> {
  const nowMs = ops.clock.now();
  const turn = reminderDue(incident, ops.quiet, nowMs);
  if (turn === null) return;
  await ops.store.transaction(async (tx) => {
    const stormId = await stormOf(tx, incident.id); // incidents that share a card share its reminders
    if (!(await tx.dedupe.firstTime(`nobody:${stormId ?? incident.id}:${turn}`, nowMs))) return;
    const note = reminderNote(stormId === null ? incident.id : null, Math.round((nowMs - incident.openedAtMs) / 60_000));
    await tell(tx, incident.id, note, nowMs, peopleToCall(ops.policy));
  });
}

function reminderNote(incidentId: string | null, minutes: number): Explanation {
  if (incidentId !== null) {
    const text = '{incident} has been open for {minutes} min and nobody has taken it. Press "I am on it" to stop these reminders.';
    return explain('incident.nobody', text, { incident: incidentId, minutes });
  }
  const text = 'The incidents of this card have been open for {minutes} min and nobody has taken them. Press "I am on it" to stop these reminders.';
  return explain('storm.nobody', text, { minutes });
}

/** Which reminder is due (1, 2, …), each waiting twice as long as the one before; null: none. */
export function reminderDue(incident: Incident, quiet: Quiet, nowMs: number): number | null {
  if (incident.acknowledgedBy !== null || incident.severity < WORTH_A_CALL) return null;
  const waited = (nowMs - incident.openedAtMs) / quiet.remindAfterMs;
  const turn = Math.min(Math.floor(Math.log2(Math.max(waited, 0) + 1)), quiet.remindMost);
  return turn >= 1 ? turn : null;
}
