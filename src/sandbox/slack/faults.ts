import type { SocketHub } from './socket-hub.ts';
import type { Faults } from './types.ts';

export type Fault =
  | { readonly kind: 'rate_limit'; readonly retryAfterS: number }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'lose_reply' }
  | { readonly kind: 'slow'; readonly delayMs: number };

interface Planned {
  readonly method: string;
  readonly fault: Fault;
  left: number;
}

/** The faults that are planned, and whether the whole of Slack is down. */
export class FaultPlan {
  readonly #planned: Planned[] = [];
  #downUntil = 0;

  plan(method: string, fault: Fault, times: number): void {
    if (times > 0) this.#planned.push({ method, fault, left: times });
  }

  /** The faults of this call; each is used up by it. */
  take(method: string): Fault[] {
    const due = this.#planned.filter((one) => one.method === '*' || one.method === method);
    for (const one of due) one.left -= 1;
    for (const one of due) if (one.left <= 0) this.#planned.splice(this.#planned.indexOf(one), 1);
    return due.map((one) => one.fault);
  }

  goDown(durationMs: number): void {
    this.#downUntil = performance.now() + durationMs;
  }

  get down(): boolean {
    return performance.now() < this.#downUntil;
  }
}

export function faultsOf(plan: FaultPlan, hub: SocketHub): Faults {
  return {
    rateLimit: (method, times, retryAfterS) => plan.plan(method, { kind: 'rate_limit', retryAfterS }, times),
    fail: (method, error, times = 1) => plan.plan(method, { kind: 'error', error }, times),
    loseReply: (method, times = 1) => plan.plan(method, { kind: 'lose_reply' }, times),
    slow: (method, delayMs, times = 1) => plan.plan(method, { kind: 'slow', delayMs }, times),
    dropSockets: () => hub.drop(),
    disconnect: (reason) => hub.disconnect(reason),
    redeliverLast: () => hub.redeliverLast(),
    delayAcks: (delayMs) => {
      hub.ackDelayMs = delayMs;
    },
    downFor: (durationMs) => {
      plan.goDown(durationMs);
      hub.drop();
    },
  };
}
