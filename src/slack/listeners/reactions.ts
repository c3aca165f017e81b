import type { App } from '@slack/bolt';
import { reactions } from '../../../commands/registry.ts';
import type { Answer } from '../../../commands/types.ts';
import type { MessageRef } from '../../domain/store.ts';
import { answering } from '../answer.ts';
import { askerOf, type EdgeContext, subjectAt, tools } from '../context.ts';

interface Reacted {
  readonly user: string;
  readonly reaction: string; // "+1::skin-tone-3"
  readonly item: { readonly type: string; readonly channel?: string; readonly ts?: string };
}

/** 👍 and 👎 put on the bot's own cards, or taken away. */
export function listenToReactions(app: App, context: EdgeContext): void {
  app.event('reaction_added', ({ event }) => onReaction(context, event, 'added'));
  app.event('reaction_removed', ({ event }) => onReaction(context, event, 'removed'));
}

async function onReaction(context: EdgeContext, event: Reacted, change: 'added' | 'removed'): Promise<void> {
  const name = event.reaction.split('::')[0] ?? '';
  const reaction = reactions.find((one) => one.names.includes(name));
  const { channel, ts } = event.item;
  if (reaction === undefined || event.item.type !== 'message' || channel === undefined || ts === undefined) return;
  const subject = await subjectAt(context, { channel, ts });
  if (subject === null) return;
  const person = await context.directory.person(event.user);
  if (person === null || person.isBot) return;
  const asker = await askerOf(context, event.user, channel);
  const where = { channel, threadTs: await threadOf(context, { channel, ts }, subject), userId: event.user, respond: null };
  answering(
    context,
    where,
    async () => asker.forMe,
    async (under): Promise<Answer | null> => {
      const standing = (await context.store.feedback.ofSubject(subject)).find((one) => one.userId === event.user)?.verdict ?? null;
      return reaction.react({ ...asker, subject, change, standing }, tools(context, under));
    },
  );
}

/** A private answer belongs beside the card: a plan's card is in its incident's thread. */
async function threadOf(context: EdgeContext, ref: MessageRef, subject: string): Promise<string | null> {
  if (!subject.startsWith('PLAN-')) return null;
  const incidentId = (await context.store.plans.get(subject))?.incidentId ?? null;
  const root = incidentId === null ? null : await context.store.messages.get(incidentId);
  return root !== null && root.channel === ref.channel ? root.ts : null;
}
