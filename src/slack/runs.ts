import { randomUUID } from 'node:crypto';
import { OpsError } from '../domain/errors.ts';

/** A request under way, for as long as it is: what a Stop button names. */
export interface Run {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Who stopped it; null: nobody did. */
  stoppedBy(): string | null;
  end(): void;
}

/** The requests under way in this process. They end with it, so nothing of them is stored. */
export interface Runs {
  start(): Run;
  /** False: it is over already. */
  stop(id: string, userId: string): boolean;
}

export function createRuns(nextId: () => string = randomUUID): Runs {
  const under = new Map<string, (userId: string) => void>();
  return {
    start() {
      const id = nextId();
      const abort = new AbortController();
      let by: string | null = null;
      under.set(id, (userId) => {
        by = userId;
        abort.abort(new OpsError('expired', 'The analysis was stopped before it was done.', 'Ask again.'));
      });
      return { id, signal: abort.signal, stoppedBy: () => by, end: () => void under.delete(id) };
    },
    stop(id, userId) {
      const stop = under.get(id);
      stop?.(userId);
      return under.delete(id);
    },
  };
}
