import { COLD, COLD_SIZE, HOT, HOT_SIZE, STATE_VERSION } from './layout.ts';

const CHUNK = 512; // series a slab
/** Sizes of the two parts of a saved state: what every point changes, and the hours, which change once an hour. */
export const HOT_BYTES = HOT_SIZE * 8;
export const COLD_BYTES = COLD_SIZE * 4;

/** Where the state of one series lies. */
export interface Slot {
  readonly hot: Float64Array;
  readonly at: number;
  readonly cold: Float32Array;
  readonly coldAt: number;
}

/** States of many series side by side in a few large arrays. A slot is never given back: series that end are few. */
export class StatePool {
  readonly #hot: Float64Array[] = [];
  readonly #cold: Float32Array[] = [];
  #used = 0;

  add(): Slot {
    const within = this.#used % CHUNK;
    if (within === 0) {
      this.#hot.push(new Float64Array(CHUNK * HOT_SIZE));
      this.#cold.push(new Float32Array(CHUNK * COLD_SIZE));
    }
    this.#used += 1;
    const [hot, cold] = [this.#hot.at(-1), this.#cold.at(-1)];
    if (hot === undefined || cold === undefined) throw new RangeError('no slab');
    const slot = { hot, at: within * HOT_SIZE, cold, coldAt: within * COLD_SIZE };
    clear(slot);
    return slot;
  }
}

/** Forgets everything: the series starts anew. */
export function clear({ hot, at, cold, coldAt }: Slot): void {
  hot.fill(0, at, at + HOT_SIZE);
  hot[at + HOT.version] = STATE_VERSION;
  cold.fill(Number.NaN, coldAt, coldAt + COLD.peaks); // NaN: this hour was never seen
  cold.fill(0, coldAt + COLD.peaks, coldAt + COLD_SIZE);
}

/** The two parts of the state as bytes: views, not copies. They hold until the series gets its next point. */
export const hotBytes = ({ hot, at }: Slot): Uint8Array => new Uint8Array(hot.buffer, hot.byteOffset + at * 8, HOT_BYTES);
export const coldBytes = ({ cold, coldAt }: Slot): Uint8Array => new Uint8Array(cold.buffer, cold.byteOffset + coldAt * 4, COLD_BYTES);

/** Takes a saved state back; without its hours they are learned again. False, and an empty slot, when it is of another version or size. */
export function restoreState(slot: Slot, hot: Uint8Array, cold: Uint8Array | undefined): boolean {
  const fits = hot.length === HOT_BYTES && (cold === undefined || cold.length === COLD_BYTES);
  if (fits) hotBytes(slot).set(hot);
  if (fits && cold !== undefined) coldBytes(slot).set(cold);
  if (fits && slot.hot[slot.at + HOT.version] === STATE_VERSION) return true;
  clear(slot);
  return false;
}
