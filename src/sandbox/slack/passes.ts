import { randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

const PASSES_MAX = 10_000; // the oldest is forgotten first
const RESPONSES_MAX = 5; // uses of one response_url

interface Issued<T> {
  readonly what: T;
  readonly atMs: number;
  used: number;
}

/** What a trigger_id stands for: a person who just did something, maybe in a modal. */
export interface Trigger {
  readonly userId: string;
  readonly viewId: string | null;
}
/** What a response_url stands for: where the person was, and the message they pressed something on. */
export interface ResponseTarget {
  readonly channel: string;
  readonly userId: string;
  readonly messageTs: string | null;
}

/** Short-lived permissions that Slack hands out with each interaction. They age in real time. */
class Passes<T> {
  readonly #issued = new Map<string, Issued<T>>();

  issue(what: T): string {
    const id = randomBytes(12).toString('hex');
    this.#issued.set(id, { what, atMs: performance.now(), used: 0 });
    const oldest = this.#issued.keys().next().value;
    if (this.#issued.size > PASSES_MAX && oldest !== undefined) this.#issued.delete(oldest);
    return id;
  }

  find(id: string): Issued<T> | undefined {
    return this.#issued.get(id);
  }
}

/** A trigger_id opens one view, within `ttlMs`. */
export class Triggers {
  readonly #passes = new Passes<Trigger>();
  readonly #ttlMs: number;

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  issue(userId: string, viewId: string | null = null): string {
    return this.#passes.issue({ userId, viewId });
  }

  use(id: string): Trigger {
    const pass = this.#passes.find(id);
    if (pass === undefined) throw new Refusal('invalid_trigger_id');
    if (performance.now() - pass.atMs > this.#ttlMs) throw new Refusal('expired_trigger_id');
    if (pass.used > 0) throw new Refusal('exchanged_trigger_id');
    pass.used += 1;
    return pass.what;
  }
}

/** A response_url takes five posts, within `ttlMs`. */
export class ResponseUrls {
  readonly #passes = new Passes<ResponseTarget>();
  readonly #ttlMs: number;

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  issue(target: ResponseTarget): string {
    return this.#passes.issue(target);
  }

  use(id: string): ResponseTarget {
    const pass = this.#passes.find(id);
    if (pass === undefined || performance.now() - pass.atMs > this.#ttlMs) throw new Refusal('expired_url');
    if (pass.used >= RESPONSES_MAX) throw new Refusal('used_url');
    pass.used += 1;
    return pass.what;
  }
}
