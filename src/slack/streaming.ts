import type { AnyChunk, TaskUpdateChunk } from '@slack/types';
import type { ProgressCard } from '../../blocks/progress.ts';
import type { MessageRef } from '../domain/store.ts';
import { call } from './client.ts';
import type { EdgeContext } from './context.ts';
import { isMissingMethod } from './errors.ts';
import type { Place } from './poster.ts';
import type { Writing } from './progress.ts';

/** Steps as Slack's agent pane shows them, growing as they are done; `plain` where this Slack has no streams. */
export function streaming({ client }: EdgeContext, { channel, threadTs }: Place, plain: Writing): Writing {
  const streams = new Set<string>();
  const told = new Map<string, string>(); // step → the status it was shown with
  const changed = (card: ProgressCard): AnyChunk[] => {
    const chunks = stepsOf(card).filter((step) => told.get(step.id) !== step.status);
    for (const step of chunks) told.set(step.id, step.status);
    return chunks;
  };
  const start = async (card: ProgressCard): Promise<MessageRef> => {
    const buttons = card.blocks.filter((block) => block.type === 'actions');
    const chunks: AnyChunk[] = [
      { type: 'plan_update', title: card.text },
      ...changed(card),
      ...(buttons.length === 0 ? [] : [{ type: 'blocks' as const, blocks: buttons }]),
    ];
    const begun = await call('chat.startStream', () => client.chat.startStream({ channel, thread_ts: threadTs ?? '', task_display_mode: 'plan', chunks }));
    const ref = { channel, ts: begun.ts ?? '' };
    streams.add(ref.ts);
    return ref;
  };
  return {
    open: (card) =>
      start(card).catch((error: unknown) => {
        if (!isMissingMethod(error)) throw error;
        return plain.open(card);
      }),
    async change(ref, card) {
      if (!streams.has(ref.ts)) return await plain.change(ref, card);
      const chunks = changed(card);
      if (chunks.length > 0) await call('chat.appendStream', () => client.chat.appendStream({ channel: ref.channel, ts: ref.ts, chunks }));
      return true;
    },
    async close(ref) {
      if (!streams.delete(ref.ts)) return;
      await call('chat.stopStream', () => client.chat.stopStream({ channel: ref.channel, ts: ref.ts }));
    },
  };
}

/** What is done, what is being done, what comes after. */
function stepsOf({ steps }: ProgressCard): TaskUpdateChunk[] {
  const current = steps.findIndex((step) => !step.done);
  return steps.map(({ id, title, done }, index) => ({
    type: 'task_update',
    id,
    title,
    status: done ? 'complete' : index === current ? 'in_progress' : 'pending',
  }));
}
