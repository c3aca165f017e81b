import { COLD, COLD_SIZE, HOT_SIZE, STATE_VERSION } from './layout.ts';

const CHUNK = 512; // series a slab
const HOT_BYTES = HOT_SIZE * 8;
const COLD_BYTES = COLD_SIZE * 4;
const HEADER = 8;

/** Size of one saved state. */
export const STATE_BYTES = HEADER + HOT_BYTES + COLD_BYTES;

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
  cold.fill(Number.NaN, coldAt, coldAt + COLD.peaks); // NaN: this hour was never seen
  cold.fill(0, coldAt + COLD.peaks, coldAt + COLD_SIZE);
}

/** A copy of the state as bytes, STATE_BYTES long. */
export function saveState({ hot, at, cold, coldAt }: Slot): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES);
  bytes[0] = STATE_VERSION;
  bytes.set(new Uint8Array(hot.buffer, hot.byteOffset + at * 8, HOT_BYTES), HEADER);
  bytes.set(new Uint8Array(cold.buffer, cold.byteOffset + coldAt * 4, COLD_BYTES), HEADER + HOT_BYTES);
  return bytes;
}

/** Takes a saved state back. False, and an untouched slot, when it is of another version or size. */
export function restoreState({ hot, at, cold, coldAt }: Slot, bytes: Uint8Array): boolean {
  if (bytes.length !== STATE_BYTES || bytes[0] !== STATE_VERSION) return false;
  new Uint8Array(hot.buffer, hot.byteOffset + at * 8, HOT_BYTES).set(bytes.subarray(HEADER, HEADER + HOT_BYTES));
  new Uint8Array(cold.buffer, cold.byteOffset + coldAt * 4, COLD_BYTES).set(bytes.subarray(HEADER + HOT_BYTES));
  return true;
}
