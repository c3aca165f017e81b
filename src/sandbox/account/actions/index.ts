import { OpsError } from '../../../domain/errors.ts';
import { ACCESS } from './access.ts';
import type { Doing } from './action.ts';
import { COMPUTE } from './compute.ts';
import { DATA } from './data.ts';

/** Everything the simulated account lets be done to it. */
export const DOINGS: readonly Doing[] = [...COMPUTE, ...DATA, ...ACCESS];

const byName = new Map(DOINGS.map((doing) => [doing.name, doing]));

export function requireDoing(action: string): Doing {
  const doing = byName.get(action);
  if (doing !== undefined) return doing;
  throw new OpsError('not_found', `The sandbox has no action "${action.slice(0, 60)}".`, `Actions: ${[...byName.keys()].join(', ')}.`);
}
