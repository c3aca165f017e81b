import { detectEverywhere } from '../detection/round.ts';
import type { Ops } from '../ops.ts';

/** Looks at the points that came and files what is not as it should be. */
export async function detect(ops: Ops): Promise<void> {
  await detectEverywhere(ops);
}
