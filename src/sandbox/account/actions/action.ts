import type { z } from 'zod';
import type { Params } from '../../../domain/plan.ts';
import type { Risk } from '../../../domain/risk.ts';
import type { Change } from '../../../domain/signals.ts';
import type { Blip, Node, Settings } from '../world.ts';

/** How one action of the catalogue is done to the simulated account. */
export interface Doing {
  readonly name: string;
  readonly risk: Risk; // what the account's owner thinks of it, for counting unsafe actions
  readonly targetKinds: readonly string[];
  readonly params: z.ZodType<Params>;
  readonly change: Change['kind'];
  readonly eventName: string; // as CloudTrail writes it
  /** Why it cannot be done to this target as it is, or null. */
  readonly refusal: (node: Node, params: Params) => string | null;
  /** What it would do, in one sentence. */
  readonly effect: (node: Node, params: Params) => string;
  /** The settings it leaves behind. */
  readonly settings: (node: Node, params: Params) => Partial<Settings>;
  readonly blip: Omit<Blip, 'untilMinute'> & { readonly minutes: number };
  readonly undone: boolean; // whether rollback can put the settings back
}

export const NO_BLIP = { minutes: 0, capacityFactor: 1, errorAdd: 0, missRate: 0 };
export const ROLLING = { minutes: 1, capacityFactor: 0.85, errorAdd: 0.002, missRate: 0 };
export const AWAY = { minutes: 1, capacityFactor: 0.3, errorAdd: 0.25, missRate: 0 };

export const nothing = (): Partial<Settings> => ({});
export const never = (): null => null;
export const numberOf = (params: Params, name: string): number => Number(params[name]);
