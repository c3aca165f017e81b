import { relative } from 'node:path';
import type { Directory, Remediator } from '../../src/domain/ports.ts';
import type { Repositories, Store } from '../../src/domain/store.ts';

const PROJECT = new URL('../..', import.meta.url).pathname;
const READS = /^(get|list|find|take|size|topology|describe|range|active|tally|subjectAt|ofIncident|live|between|sensitivities|load|unassigned|person|group)/;
const FRAMES = 2;
/** The way of a plan from approve to report. Stages that a tick runs besides touch no plan under way. */
const OF_A_PLAN = /(^|< )(action|commands|slack|loop\/plans|loop\/verbs)\/|loop\/stages\/(execute|verify)\.ts/;
Error.stackTraceLimit = 40;

/**
 * The moments at which the process may die: every await on a port, before and after what it does. A point is named for the
 * port, the method and the lines of the product that called it, so that the code itself enumerates them.
 */
export class FaultPoints {
  readonly seen = new Set<string>();
  #recording = false;
  #armed: { readonly point: string; skip: number } | null = null;

  record(): void {
    this.seen.clear();
    this.#recording = true;
  }

  stopRecording(): readonly string[] {
    this.#recording = false;
    return [...this.seen];
  }

  /** The process dies when it comes to this point for the `skip + 1`th time. */
  arm(point: string | null, skip = 0): void {
    this.#armed = point === null ? null : { point, skip };
  }

  at(point: string): void {
    if (this.#recording) this.seen.add(point);
    if (this.#armed?.point !== point) return;
    if (this.#armed.skip > 0) this.#armed.skip -= 1;
    else process.kill(process.pid, 'SIGKILL');
  }

  get idle(): boolean {
    return !this.#recording && this.#armed === null;
  }
}

/** The lines of the product that led here, innermost first, the store's own left out; null when no plan is concerned. */
function caller(): string | null {
  const frames: string[] = [];
  for (const line of (new Error().stack ?? '').split('\n')) {
    const place = /(?:at (?:async )?([\w.#<>]+) )?\(?(?:file:\/\/)?(\/[^()]+\.ts):(\d+):\d+\)?$/.exec(line);
    const file = place?.[2] === undefined ? '' : relative(PROJECT, place[2]);
    if (/^(src|commands|blocks)\//.test(file) && !file.startsWith('src/store/')) frames.push(`${file.replace(/^src\//, '')}:${place?.[3] ?? ''}`);
    if (frames.length === FRAMES) break;
  }
  const place = frames.join(' < ');
  return OF_A_PLAN.test(place) ? place : null;
}

type Wrap = (name: string, method: string, call: () => unknown) => unknown;

/** Any port: each method goes through `wrap`. */
function through<T extends object>(target: T, name: string, wrap: Wrap): T {
  return new Proxy(target, {
    get(from, key) {
      const value: unknown = Reflect.get(from, key, from);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...args: unknown[]) => wrap(name, key, () => Reflect.apply(value, from, args));
    },
  });
}

function repositories<T extends Repositories>(from: T, wrap: Wrap): T {
  const kept = new Map<string, object>();
  return new Proxy(from, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'object' || value === null || typeof key !== 'string') return value;
      const known = kept.get(key) ?? through(value, key, wrap);
      kept.set(key, known);
      return known;
    },
  });
}

/** Outside a transaction: a read is one await, a write may be cut off before or after it holds. */
const around =
  (points: FaultPoints): Wrap =>
  async (name, method, call) => {
    const place = points.idle ? null : caller();
    if (place === null) return await call();
    const label = `${name}.${method} @ ${place}`;
    if (!READS.test(method)) points.at(`${label} before`);
    const result = await call();
    if (!(Array.isArray(result) && result.length === 0 && method === 'take')) points.at(`${label} after`);
    return result;
  };

/** Inside a transaction nothing holds until the commit: one point for each await. */
const within =
  (points: FaultPoints): Wrap =>
  async (name, method, call) => {
    const place = points.idle ? null : caller();
    const result = await call();
    if (place !== null) points.at(`tx ${name}.${method} @ ${place}`);
    return result;
  };

export function deadlyStore(store: Store, points: FaultPoints): Store {
  const outside = repositories(store, around(points));
  const transaction: Store['transaction'] = async (work) => {
    const place = points.idle ? null : caller();
    if (place === null) return await store.transaction(work);
    const label = `transaction @ ${place}`;
    points.at(`${label} before`);
    const result = await store.transaction(async (tx) => {
      points.at(`${label} begun`);
      const done = await work(repositories(tx, within(points)));
      points.at(`${label} before commit`);
      return done;
    });
    points.at(`${label} after commit`);
    return result;
  };
  return new Proxy(outside, {
    get: (target, key) => (key === 'transaction' ? transaction : (Reflect.get(target, key, target) as unknown)),
  });
}

export const deadlyRemediator = (remediator: Remediator, points: FaultPoints): Remediator => through(remediator, 'remediator', around(points));
export const deadlyDirectory = (directory: Directory, points: FaultPoints): Directory => through(directory, 'directory', around(points));

/** Every call of Slack's Web API goes through the process's fetch: before Slack has it, and after Slack did it. */
export function deadlyFetch(points: FaultPoints): void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (points.idle) return await real(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const method = url.pathname.startsWith('/api/') ? url.pathname.slice('/api/'.length) : 'answer'; // a response_url is new each time
    points.at(`slack ${method} before`);
    const answer = await real(input, init);
    points.at(`slack ${method} after`);
    return answer;
  };
}
