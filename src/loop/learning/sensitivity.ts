import type { Actor } from '../../domain/actor.ts';
import type { Ops } from '../ops.ts';

const STEP = 0.8; // one 👎 takes a fifth off
const LOWEST = 0.1;

/** A bad verdict makes a metric less sensitive, a good one brings it back, never over its default. Audited; undone by the opposite. */
export async function nudgeSensitivity(
  ops: Ops,
  key: string,
  verdict: 'good' | 'bad',
  steps: number,
  actor: Actor,
): Promise<{ key: string; before: number; after: number }> {
  const before = (await ops.store.detector.sensitivities()).get(key) ?? 1;
  const after = Math.min(1, Math.max(LOWEST, before * STEP ** (verdict === 'bad' ? steps : -steps)));
  if (after !== before)
    await ops.store.detector.setSensitivity(key, after, { actor, verb: 'detector.sensitivity', subject: key.slice(0, 300), detail: { before, after } });
  return { key, before, after };
}
