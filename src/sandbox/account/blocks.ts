/** Minutes in one block; block 0 begins at the start of the scenario, blocks before it are history. */
export const BLOCK_MIN = 360;
const BLOCKS_MAX = 140; // 35 days

/** Values of all series, by blocks of six hours: row = minute, column = series. NaN: no data. The oldest blocks are let go. */
export class Blocks {
  readonly #width: number;
  readonly #blocks = new Map<number, Float64Array>();

  constructor(width: number) {
    this.#width = width;
  }

  has(block: number): boolean {
    return this.#blocks.has(block);
  }

  /** The row of a minute, to be filled; its block is made when it is new. */
  row(minute: number): Float64Array {
    const index = Math.floor(minute / BLOCK_MIN);
    const block = this.#blocks.get(index) ?? this.#open(index);
    const offset = (minute - index * BLOCK_MIN) * this.#width;
    return block.subarray(offset, offset + this.#width);
  }

  value(minute: number, column: number): number {
    const index = Math.floor(minute / BLOCK_MIN);
    return this.#blocks.get(index)?.[(minute - index * BLOCK_MIN) * this.#width + column] ?? Number.NaN;
  }

  #open(index: number): Float64Array {
    const block = new Float64Array(BLOCK_MIN * this.#width).fill(Number.NaN);
    this.#blocks.set(index, block);
    if (this.#blocks.size > BLOCKS_MAX) this.#blocks.delete(Math.min(...this.#blocks.keys()));
    return block;
  }
}
