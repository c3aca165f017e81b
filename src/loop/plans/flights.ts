import type { Plan } from '../../domain/plan.ts';

type Doing = 'execute' | 'rollback';

interface Flight {
  readonly doing: Doing;
  readonly cut: AbortController;
}

/** Calls to targets that this process has under way, by plan: what a pause can still cut off. */
export class Flights {
  readonly #calls = new Map<string, Flight>();

  get plans(): readonly string[] {
    return [...this.#calls.keys()];
  }

  /** What is being done to a plan's target at this moment; null: nothing from this process. */
  doing(planId: string): Doing | null {
    return this.#calls.get(planId)?.doing ?? null;
  }

  /** Whether a pause has cut off what is still under way. */
  wasCutOff(planId: string): boolean {
    return this.#calls.get(planId)?.cut.signal.aborted === true;
  }

  /** Makes one call with a signal that ends it after `timeoutMs`, or, for an execution, when it is cut off. */
  async during<T>(plan: Pick<Plan, 'id'>, doing: Doing, timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const cut = new AbortController();
    this.#calls.set(plan.id, { doing, cut });
    try {
      return await call(AbortSignal.any([cut.signal, AbortSignal.timeout(timeoutMs)]));
    } finally {
      this.#calls.delete(plan.id);
    }
  }

  /** Tells the adapter to give up. A rollback is let through: half of one is worse than the whole. False: there was nothing to cut off. */
  cutOff(planId: string): boolean {
    const flight = this.#calls.get(planId);
    if (flight?.doing !== 'execute') return false;
    flight.cut.abort(new DOMException('Actions were paused.', 'AbortError'));
    return true;
  }
}
