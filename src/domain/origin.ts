import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Where what is being done came from: ids of Slack's messages, presses and events, or of an HTTP request. Ids only, no texts. Audit
 * rows written meanwhile carry it, without every verb having to hand it on.
 */
export interface Origin {
  readonly via: 'slack' | 'http';
  readonly ids: Readonly<Record<string, string>>; // team, channel, message, action, trigger, event, request, …
}

const current = new AsyncLocalStorage<Origin | null>();

/** Runs something that came from there; null: from the loop itself, whoever woke it. */
export const withOrigin = <T>(origin: Origin | null, work: () => T): T => current.run(origin, work);

export const originNow = (): Origin | null => current.getStore() ?? null;

const MOST_CALLS = 50;
const calls = new AsyncLocalStorage<string[]>();

/** Runs something and writes down, into `into`, the ids that the other side gives to the calls it makes. */
export const notingCalls = <T>(into: string[], work: () => T): T => calls.run(into, work);

/** An adapter made a call, and the other side calls it so (an AWS request id). */
export function noteCall(id: string): void {
  const noted = calls.getStore();
  if (noted !== undefined && noted.length < MOST_CALLS && id !== '') noted.push(id.slice(0, 100));
}
