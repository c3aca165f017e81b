/** Minutes of one day of the scenario; day 0 begins at its start. */
export const DAY_MIN = 1440;
const DAYS_MAX = 35;

/** Values of all series, a block a day: row = minute of the day, column = series. NaN: no data. Oldest days are let go. */
export class Blocks {
  readonly #width: number;
  readonly #days = new Map<number, Float64Array>();

  constructor(width: number) {
    this.#width = width;
  }

  has(day: number): boolean {
    return this.#days.has(day);
  }

  /** The row of a minute, to be filled; its day is made when it is new. */
  row(minute: number): Float64Array {
    const day = Math.floor(minute / DAY_MIN);
    const block = this.#days.get(day) ?? this.#open(day);
    const offset = (minute - day * DAY_MIN) * this.#width;
    return block.subarray(offset, offset + this.#width);
  }

  value(minute: number, column: number): number {
    const day = Math.floor(minute / DAY_MIN);
    return this.#days.get(day)?.[(minute - day * DAY_MIN) * this.#width + column] ?? Number.NaN;
  }

  #open(day: number): Float64Array {
    const block = new Float64Array(DAY_MIN * this.#width).fill(Number.NaN);
    this.#days.set(day, block);
    if (this.#days.size > DAYS_MAX) this.#days.delete(Math.min(...this.#days.keys()));
    return block;
  }
}
