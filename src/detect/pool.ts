import { COLD, COLD_SIZE, HOT_SIZE, STATE_VERSION } from './layout.ts';

const CHUNK = 512; // series a slab
const HEADER = 8;

/** Sizes of the two parts of a saved state: what every point changes, and the hours, which change once an hour. */
export const HOT_BYTES = HEADER + HOT_SIZE * 8;
export const COLD_BYTES = HEADER + COLD_SIZE * 4;

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

function put(into: Uint8Array, from: Float64Array | Float32Array): Uint8Array {
  into.fill(0, 0, HEADER);
  into[0] = STATE_VERSION;
  into.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength), HEADER);
  return into;
}

function take(bytes: Uint8Array, to: Float64Array | Float32Array): boolean {
  if (bytes.length !== HEADER + to.byteLength || bytes[0] !== STATE_VERSION) return false;
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(bytes.subarray(HEADER));
  return true;
}

const hotOf = ({ hot, at }: Slot): Float64Array => hot.subarray(at, at + HOT_SIZE);
const coldOf = ({ cold, coldAt }: Slot): Float32Array => cold.subarray(coldAt, coldAt + COLD_SIZE);

/** Writes one part of the state into `into` (HOT_BYTES or COLD_BYTES long) and returns it. */
export const saveHot = (slot: Slot, into: Uint8Array): Uint8Array => put(into, hotOf(slot));
export const saveCold = (slot: Slot, into: Uint8Array): Uint8Array => put(into, coldOf(slot));

/** Takes a saved state back; without its hours they are learned again. False, and an empty slot, when it is of another version or size. */
export function restoreState(slot: Slot, hot: Uint8Array, cold: Uint8Array | undefined): boolean {
  if (take(hot, hotOf(slot)) && (cold === undefined || take(cold, coldOf(slot)))) return true;
  clear(slot);
  return false;
}
