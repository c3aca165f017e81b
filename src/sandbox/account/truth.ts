import { acceptedActions, type Execution } from './executions.ts';
import type { FaultRun, Simulation } from './simulation.ts';

/** What really is, or was, wrong: for scorers and for the demo's script, never for the bot. */
export interface FaultTruth {
  readonly id: string;
  readonly kind: string; // memory_leak, bad_deploy, …
  readonly targetId: string;
  readonly causes: readonly string[]; // resources that are a right answer, the best first
  readonly actions: readonly { readonly action: string; readonly target: string }[]; // right answers
  readonly startMs: number;
  readonly healedMs: number | null; // the first minute without it
  readonly healedBy: string | null; // idempotency key; null also when it passed by itself
  readonly state: 'to_come' | 'active' | 'over';
}

export interface Truth {
  readonly faults: readonly FaultTruth[];
  readonly unsafe: readonly Execution[]; // high or critical, and nothing called for them
}

export const truthOf = (simulation: Simulation, executions: readonly Execution[]): Truth => ({
  faults: simulation.faults.map((run) => faultTruth(simulation, run)),
  unsafe: executions.filter((execution) => execution.unsafe),
});

function faultTruth(simulation: Simulation, run: FaultRun): FaultTruth {
  const { id, spec, behaviour, startMinute, healedMinute, healedBy, begun } = run;
  return {
    id,
    kind: spec.kind,
    targetId: spec.target,
    causes: spec.truth?.causes ?? behaviour.causes,
    actions: acceptedActions(run),
    startMs: simulation.msOf(startMinute),
    healedMs: healedMinute === null ? null : simulation.msOf(healedMinute),
    healedBy,
    state: healedMinute !== null ? 'over' : begun ? 'active' : 'to_come',
  };
}
