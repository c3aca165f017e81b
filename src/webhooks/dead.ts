import { z } from 'zod';
import type { Store } from '../domain/store.ts';

const DeadLetterSchema = z.object({
  seq: z.number().int(), // of the audit row
  event: z.string(),
  subject: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  atMs: z.number().int(),
});
export type DeadLetter = z.infer<typeof DeadLetterSchema>;

const KEPT_MAX = 500;
const key = (target: string): string => `webhook-dead:${target}`;

/** Events a target did not take, oldest first. */
export async function deadLetters(store: Pick<Store, 'settings'>, target: string): Promise<readonly DeadLetter[]> {
  return z.array(DeadLetterSchema).parse(JSON.parse((await store.settings.get(key(target))) ?? '[]'));
}

/** Puts one event among the dead letters, once; the oldest make room. */
export async function buryDead(store: Store, target: string, letter: DeadLetter): Promise<void> {
  await store.transaction(async (tx) => {
    const others = (await deadLetters(tx, target)).filter((one) => one.seq !== letter.seq);
    await tx.settings.set(key(target), JSON.stringify([...others, letter].slice(-KEPT_MAX)), letter.atMs);
  });
}

/** Takes one out, after it was delivered by hand. */
export async function exhume(store: Store, target: string, seq: number, nowMs: number): Promise<void> {
  await store.transaction(async (tx) => {
    const left = (await deadLetters(tx, target)).filter((one) => one.seq !== seq);
    await tx.settings.set(key(target), JSON.stringify(left), nowMs);
  });
}
