import type { MessageRef } from '../domain/store.ts';
import { type EdgeContext, subjectAt } from './context.ts';
import { isLive } from './copies.ts';
import { subjectCard } from './subject-card.ts';

/**
 * Brings a card somebody pressed to the present state of what it shows; gives its subject, or null when the message shows
 * none. A failure here is only logged: the press itself is answered all the same.
 */
export async function freshen(context: EdgeContext, ref: MessageRef, metadata: unknown): Promise<string | null> {
  try {
    const known = await subjectAt(context, ref);
    if (known !== null) {
      await context.notifier.refresh(known, AbortSignal.timeout(30_000));
      return (await isLive(context.store, known, ref)) ? known : null;
    }
    const marked = subjectInMetadata(metadata);
    const card =
      marked === null ? null : await subjectCard(context.store, marked, { locale: context.locale, nowMs: context.clock.now(), linkBase: context.linkBase });
    if (marked === null || card === null) return null;
    await context.poster.update(ref, card, { subject: marked, notice: 'copy' });
    return marked;
  } catch (error) {
    context.log.warn({ error: String(error), channel: ref.channel }, 'a pressed card could not be brought up to date');
    return null;
  }
}

function subjectInMetadata(metadata: unknown): string | null {
  const payload = (metadata as { event_payload?: { subject?: unknown; notice?: unknown } } | null | undefined)?.event_payload;
  const live = payload?.notice === undefined || payload.notice === 'copy';
  return live && typeof payload?.subject === 'string' ? payload.subject : null;
}
