import { z } from 'zod';
import { ActorSchema } from '../../domain/actor.ts';
import type { Repositories } from '../../domain/store.ts';

/** An action that may run one rung lower for a pattern: proposed by the loop, in force once a person confirmed it. */
const PromotionSchema = z.object({
  state: z.enum(['proposed', 'confirmed', 'taken_back']),
  atMs: z.number().int(),
  by: ActorSchema,
});
type Promotion = z.infer<typeof PromotionSchema>;

const keyOf = (patternId: string, action: string): string => `promotion:${patternId}:${action}`;

export async function promotionOf(from: Repositories, patternId: string, action: string): Promise<Promotion | null> {
  const text = await from.settings.get(keyOf(patternId, action));
  return text === null ? null : PromotionSchema.parse(JSON.parse(text));
}

export async function savePromotion(to: Repositories, patternId: string, action: string, promotion: Promotion): Promise<void> {
  await to.settings.set(keyOf(patternId, action), JSON.stringify(promotion), promotion.atMs);
}

export async function isPromoted(from: Repositories, patternId: string | null, action: string): Promise<boolean> {
  return patternId !== null && (await promotionOf(from, patternId, action))?.state === 'confirmed';
}
