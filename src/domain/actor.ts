import { z } from 'zod';

/** Who did it. A token that belongs to a person carries their Slack user id, so that one person is never two. */
export const ActorSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), userId: z.string().min(1) }),
  z.object({ type: z.literal('token'), tokenId: z.string().min(1), userId: z.string().min(1).nullable() }),
  z.object({ type: z.literal('system'), component: z.string().min(1) }),
]);
export type Actor = z.infer<typeof ActorSchema>;

export const system = (component: string): Actor => ({ type: 'system', component });
export const user = (userId: string): Actor => ({ type: 'user', userId });

/** The person behind an actor, or null when there is none (the bot itself, a machine's token). */
export function personOf(actor: Actor): string | null {
  return actor.type === 'system' ? null : actor.userId;
}

/** A stable short name for logs and audit rows: `user:U1`, `token:ci`, `system:loop`. */
export function actorName(actor: Actor): string {
  if (actor.type === 'user') return `user:${actor.userId}`;
  return actor.type === 'token' ? `token:${actor.tokenId}` : `system:${actor.component}`;
}
