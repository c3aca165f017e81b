import { z } from 'zod';
import { ExplanationSchema } from './explanation.ts';

/**
 * Something people must be shown. It names what to show, not how it looked when it was written: the card is made from the
 * state at delivery, so that notices can be merged and repeated. `key` in the outbox merges what is not yet delivered.
 */
export const NoticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('incident'), incidentId: z.string() }), // post or update the incident's one card
  z.object({ type: z.literal('plan'), planId: z.string() }), // post or update the plan's card in the incident's thread
  z.object({ type: z.literal('thread'), incidentId: z.string(), note: ExplanationSchema, mentions: z.array(z.string()).max(20) }),
  z.object({ type: z.literal('runbook'), incidentId: z.string(), slug: z.string() }), // attach the runbook file in the thread
  z.object({ type: z.literal('channel'), note: ExplanationSchema, mentions: z.array(z.string()).max(20) }), // about the bot itself
  z.object({ type: z.literal('direct'), userId: z.string(), note: ExplanationSchema }),
  z.object({ type: z.literal('storm'), stormId: z.string() }), // post or update the one card of a storm
  z.object({ type: z.literal('digest'), digestId: z.string() }), // the week, as it was counted
]);
export type Notice = z.infer<typeof NoticeSchema>;

/** Notices with one key replace each other while they wait; null: each is delivered. */
export function noticeKey(notice: Notice): string | null {
  if (notice.type === 'incident') return `incident:${notice.incidentId}`;
  if (notice.type === 'storm') return `storm:${notice.stormId}`;
  return notice.type === 'plan' ? `plan:${notice.planId}` : null;
}

export interface OutboxItem {
  readonly id: number;
  readonly notice: Notice;
  readonly attempts: number; // tries begun before this one; over 0, it may have reached Slack already
  readonly createdAtMs: number;
}
