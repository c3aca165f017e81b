import { type Actor, actorName } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import { type Problem, toProblem } from './problem.ts';

export interface Job {
  readonly id: string;
  readonly kind: string; // collect, detect, analyse
  readonly subject: string | null;
  readonly requestedBy: string;
  readonly startedAtMs: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly endedAtMs: number | null;
  readonly result: unknown; // null until done
  readonly problem: Problem | null;
}

export interface Run {
  readonly kind: string;
  readonly subject: string | null;
  readonly actor: Actor;
  readonly work: () => Promise<unknown>;
}

interface Entry {
  job: Job;
  ended: Promise<void>;
  thrown: unknown;
}

const KEPT_MAX = 200;
const RUNNING_MAX = 10;

/** Long runs, so that a request need not stay open for them. Kept in memory: after a restart a job is not found and is asked for again. */
export class Jobs {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #jobs = new Map<string, Entry>();
  readonly #closing = Promise.withResolvers<void>();

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Starts a run; the same one that is still at work is joined. Errors: `limited` when too many are at work. */
  start({ kind, subject, actor, work }: Run): Job {
    const running = [...this.#jobs.values()].filter((entry) => entry.job.state === 'running');
    const same = running.find(({ job }) => job.kind === kind && job.subject === subject && job.requestedBy === actorName(actor));
    if (same !== undefined) return same.job;
    if (running.length >= RUNNING_MAX) throw new OpsError('limited', 'Too many runs are at work.', 'Try again when one has ended.');
    const startedAtMs = this.#clock.now();
    const entry: Entry = {
      job: {
        id: this.#ids.next('job'),
        kind,
        subject,
        requestedBy: actorName(actor),
        startedAtMs,
        state: 'running',
        endedAtMs: null,
        result: null,
        problem: null,
      },
      ended: Promise.resolve(),
      thrown: null,
    };
    entry.ended = this.#run(entry, work);
    this.#jobs.set(entry.job.id, entry);
    this.#forgetOld();
    return entry.job;
  }

  get(id: string): Job {
    return this.#require(id).job;
  }

  /** Waits until it has ended, or for so long. Throws what a failed run threw. */
  async wait(id: string, waitMs: number): Promise<Job> {
    const entry = this.#require(id);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([entry.ended, late, this.#closing.promise]);
    clearTimeout(timer);
    if (entry.job.state === 'failed') throw entry.thrown;
    return entry.job;
  }

  /** Nobody waits any longer: the server is closing. */
  close(): void {
    this.#closing.resolve();
  }

  async #run(entry: Entry, work: () => Promise<unknown>): Promise<void> {
    try {
      const result = await work();
      entry.job = { ...entry.job, state: 'done', endedAtMs: this.#clock.now(), result };
    } catch (thrown) {
      entry.thrown = thrown;
      entry.job = { ...entry.job, state: 'failed', endedAtMs: this.#clock.now(), problem: toProblem(thrown) };
    }
  }

  #require(id: string): Entry {
    const entry = this.#jobs.get(id);
    if (entry !== undefined) return entry;
    throw new OpsError('not_found', 'There is no such job, or its result is no longer kept.', 'Start the run again.');
  }

  #forgetOld(): void {
    for (const [id, { job }] of this.#jobs) {
      if (this.#jobs.size <= KEPT_MAX) return;
      if (job.state !== 'running') this.#jobs.delete(id);
    }
  }
}
