import { z } from 'zod';
import { OpsError } from '../../../domain/errors.ts';
import type { Params } from '../../../domain/plan.ts';
import type { Change, LogLine } from '../../../domain/signals.ts';
import type { FaultSpec } from '../schema.ts';
import type { Node, World } from '../world.ts';

/** An action on a target that heals a fault, if `when` agrees (a limit raised far enough, the right zone left). */
export interface Heal {
  readonly action: string;
  readonly targetId: string;
  readonly when?: (target: Node, params: Params) => boolean;
  readonly lasting?: boolean; // false: it only buys time, and does not count as healing
}

/** What a fault may see and do in one minute. `strength` is 1 while it lasts and fades over three minutes once healed. */
export interface FaultMinute {
  readonly world: World;
  readonly target: Node;
  readonly minute: number;
  readonly age: number; // minutes since it began
  readonly strength: number;
  readonly sinceRelief: number; // minutes since the last thing that bought time, or since it began
}

export type Said = Pick<LogLine, 'level' | 'message'>;
export type Happened = Pick<Change, 'kind' | 'source' | 'actor' | 'summary' | 'details'>;

/** One fault in one account: what it does each minute, and what undoes it. */
export interface FaultBehaviour {
  readonly heals: readonly Heal[];
  /** Resources that are a right answer to "where does it come from?"; the first is the best. */
  readonly causes: readonly string[];
  /** Once, when it begins. */
  begin?(target: Node): readonly Happened[];
  push(minute: FaultMinute): void;
  /** Lines that appear in the target's log in a minute. Not called in healthy minutes. */
  say?(minute: FaultMinute): readonly Said[];
  /** Once, when a healing action has run. */
  healed?(target: Node): void;
  readonly endsAfterMin?: number; // passes by itself
}

interface Definition<P> {
  readonly kind: string;
  readonly about: string; // one sentence for docs and messages
  readonly targetKinds: readonly string[];
  readonly params: z.ZodType<P>;
  readonly create: (params: P, targetId: string) => FaultBehaviour;
}

export interface FaultKind extends Omit<Definition<never>, 'create' | 'params'> {
  /** Refuses a target of a wrong kind or wrong parameters, saying what is allowed. */
  create(spec: FaultSpec): FaultBehaviour;
}

export function defineFault<P>(definition: Definition<P>): FaultKind {
  const { kind, about, targetKinds, params, create } = definition;
  return {
    kind,
    about,
    targetKinds,
    create(spec) {
      const targetKind = spec.target.slice(0, spec.target.indexOf('/'));
      if (!targetKinds.includes(targetKind)) {
        throw new OpsError('invalid_input', `${kind} cannot sit on ${spec.target}.`, `${about} It needs a target of kind ${targetKinds.join(' or ')}.`);
      }
      const parsed = params.safeParse(spec.params);
      if (!parsed.success) {
        throw new OpsError('invalid_input', `${kind} on ${spec.target} has wrong params:\n${z.prettifyError(parsed.error)}`, 'docs/scenarios.md lists them.');
      }
      return create(parsed.data, spec.target);
    },
  };
}

/** 0..1 over the first minutes of a fault: nothing breaks within a second everywhere. */
export const ramp = (age: number, overMin: number): number => Math.min(1, (age + 1) / Math.max(1, overMin));

/** A deploy as the account reports it. */
export const deployed = (name: string, version: number): Happened => ({
  kind: 'deploy',
  source: 'cloudtrail',
  actor: 'ci-deployer',
  summary: `Deployed ${name} release ${version}`,
  details: { eventName: 'UpdateService', before: `release ${version - 1}`, after: `release ${version}` },
});
