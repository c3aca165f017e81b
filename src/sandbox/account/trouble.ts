import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '../../domain/errors.ts';
import type { Batch, TimeWindow } from '../../domain/ports.ts';

export type SourceName = 'metrics' | 'logs' | 'changes' | 'alarms' | 'topology' | 'remediator';

/** How a source misbehaves, for tests: `half` gives the older half and says so; `lost_reply` acts, then loses the answer. */
export interface Trouble {
  readonly source: SourceName;
  readonly kind: 'fail' | 'slow' | 'half' | 'lost_reply';
  readonly untilMs: number; // of the account's clock
  readonly delayMs?: number; // real time; of `slow`, default 2000
}

export class Troubles {
  #all: readonly Trouble[] = [];

  add(trouble: Trouble): void {
    this.#all = [...this.#all.slice(-99), trouble];
  }

  is(source: SourceName, kind: Trouble['kind'], nowMs: number): Trouble | undefined {
    return this.#all.find((trouble) => trouble.source === source && trouble.kind === kind && nowMs < trouble.untilMs);
  }

  /** Waits or fails as told, before a source answers. */
  async before(source: SourceName, nowMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new OpsError('unavailable', `Reading ${source} was cancelled.`);
    const slow = this.is(source, 'slow', nowMs);
    if (slow !== undefined) {
      try {
        await sleep(slow.delayMs ?? 2000, undefined, { signal });
      } catch (error) {
        throw new OpsError('unavailable', `Reading ${source} took too long.`, 'It will be tried again.', { cause: error });
      }
    }
    if (this.is(source, 'fail', nowMs) !== undefined)
      throw new OpsError('unavailable', `The ${source} of the account do not answer.`, 'It will be tried again.');
  }

  /** The window that a source really reads: all of it, or its older half. */
  window(source: SourceName, window: TimeWindow, nowMs: number): { readonly window: TimeWindow; readonly gaps: readonly string[] } {
    if (this.is(source, 'half', nowMs) === undefined) return { window, gaps: [] };
    const toMs = Math.floor((window.fromMs + Math.min(window.toMs, nowMs)) / 2);
    return { window: { fromMs: window.fromMs, toMs }, gaps: [`${source}: only the first half could be read`] };
  }
}

export const batch = <T>(items: readonly T[], completeUntilMs: number, gaps: readonly string[] = []): Batch<T> => ({ items, completeUntilMs, gaps });
