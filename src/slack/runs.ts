import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { Wake } from '../domain/ports.ts';

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
  /** False: it is not here. It is over, or another replica is told to stop it. */
  stop(id: string, userId: string): boolean;
  close(): void;
}

const CHANNEL = 'stop_run';
const StopSchema = z.object({ id: z.string(), userId: z.string() });

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the empty payload after a gap
  }
}

export function createRuns(wake: Wake, nextId: () => string = randomUUID): Runs {
  const under = new Map<string, (userId: string) => void>();
  const stopHere = (id: string, userId: string): boolean => {
    under.get(id)?.(userId);
    return under.delete(id);
  };
  const close = wake.subscribe(CHANNEL, (payload) => {
    const told = StopSchema.safeParse(asJson(payload));
    if (told.success) stopHere(told.data.id, told.data.userId);
  });
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
      if (stopHere(id, userId)) return true;
      void wake.publish(CHANNEL, JSON.stringify({ id, userId })).catch(() => undefined); // the other replica cannot be reached: it runs to its end
      return false;
    },
    close,
  };
}
