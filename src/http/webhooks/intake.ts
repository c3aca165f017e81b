import { OpsError } from '../../domain/errors.ts';
import { type Alarm, cleanAlarm } from '../../domain/signals.ts';
import type { Store } from '../../domain/store.ts';

const WAITING_MAX = 50_000; // alarms
const BATCH_MAX = 5000;
const ANSWER_MS = 10_000; // senders give up after 10 to 30 s, and then nobody has told them

interface Delivery {
  readonly alarms: readonly Alarm[];
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Stores alarms durably before their senders hear a 2xx. Everything that arrives while the disk is busy is stored by the next
 * commit (group commit), so that one write serves many requests. The same id twice is one alarm.
 */
export class Intake {
  readonly #store: Pick<Store, 'signals'>;
  readonly #onStored: (alarms: number) => void;
  readonly #queue: Delivery[] = [];
  readonly #answerMs: number;
  #waiting = 0;
  #storing = false;
  #isLate = false; // the write under way takes longer than anybody waits

  constructor(store: Pick<Store, 'signals'>, onStored: (alarms: number) => void = () => undefined, answerMs = ANSWER_MS) {
    this.#store = store;
    this.#onStored = onStored;
    this.#answerMs = answerMs;
  }

  /**
   * Resolves once they are on disk. Errors: `unavailable` when too many wait or the store cannot take them, then none is kept; and when
   * it has not within ten seconds: what it was given by then may still be stored, and counts once when it is sent again.
   */
  add(alarms: readonly Alarm[]): Promise<void> {
    if (alarms.length === 0) return Promise.resolve();
    if (this.#isLate) return Promise.reject(tooSlow());
    if (this.#waiting + alarms.length > WAITING_MAX)
      return Promise.reject(new OpsError('unavailable', 'Too many alarms are waiting to be stored.', 'Send them again in a moment.'));
    this.#waiting += alarms.length;
    return new Promise((stored, failed) => {
      this.#queue.push({ alarms, stored, failed });
      if (this.#storing) return;
      this.#storing = true;
      setImmediate(() => void this.#drain()); // after every request that is already here
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#commit(this.#take());
      await new Promise((resolve) => setImmediate(resolve)); // lets requests that came during the write be read first
    }
    this.#storing = false;
  }

  #take(): readonly Delivery[] {
    let count = 0;
    const size = this.#queue.findIndex((delivery) => {
      count += delivery.alarms.length;
      return count > BATCH_MAX;
    });
    return this.#queue.splice(0, size === -1 ? this.#queue.length : Math.max(1, size));
  }

  async #commit(deliveries: readonly Delivery[]): Promise<void> {
    const alarms = deliveries.flatMap((delivery) => delivery.alarms);
    this.#waiting -= alarms.length;
    const late = setTimeout(() => this.#giveUp(deliveries), this.#answerMs);
    try {
      await this.#store.signals.appendAlarms(alarms.map(cleanAlarm));
      for (const { stored } of deliveries) stored();
      this.#onStored(alarms.length);
    } catch (error) {
      for (const { failed } of deliveries) failed(error);
    } finally {
      clearTimeout(late);
      this.#isLate = false;
    }
  }

  /** Tells everybody who waits, and until this write has ended everybody who comes. */
  #giveUp(deliveries: readonly Delivery[]): void {
    this.#isLate = true;
    for (const { failed } of [...deliveries, ...this.#queue.splice(0)]) failed(tooSlow());
    this.#waiting = 0;
  }
}

const tooSlow = (): OpsError =>
  new OpsError('unavailable', 'The database takes too long to store alarms.', 'Send them again in a moment: the same alarm twice is one alarm.');
