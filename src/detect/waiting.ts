import type { Member } from './correlation.ts';

const FIELDS = 5; // of a point: minute, member, value, severity, 1 when it only teaches
const AT_FIRST = 1024; // points

/** The points of one resource in one minute. */
interface Round {
  readonly minute: number;
  readonly members: Member[];
  teach: boolean;
}

/**
 * Points that wait for the end of a batch, in chains of one resource each. They lie in two arrays that are used again and again: a
 * list for each of many thousand resources would be garbage that lives just long enough to be costly.
 */
export class WaitingPoints {
  #points = new Float64Array(AT_FIRST * FIELDS);
  #next = new Int32Array(AT_FIRST);
  #size = 0;

  /** Adds a point to the chain that ends at `last` (-1: a new chain), and returns its place. */
  add(last: number, minute: number, index: number, value: number, severity: number, teach: boolean): number {
    if (this.#size === this.#next.length) this.#grow();
    const place = this.#size;
    const at = place * FIELDS;
    this.#points[at] = minute;
    this.#points[at + 1] = index;
    this.#points[at + 2] = value;
    this.#points[at + 3] = severity;
    this.#points[at + 4] = teach ? 1 : 0;
    this.#next[place] = -1;
    if (last >= 0) this.#next[last] = place;
    this.#size += 1;
    return place;
  }

  /** The chain from `first` by minute, oldest first; of two points of one member in a minute the first counts. */
  rounds(first: number): readonly Round[] {
    const rounds: Round[] = [];
    for (let place = first; place >= 0; place = this.#next[place] as number) {
      const at = place * FIELDS;
      const minute = this.#points[at] as number;
      const index = this.#points[at + 1] as number;
      let round = rounds.at(-1);
      if (round?.minute !== minute) round = rounds.find((one) => one.minute === minute);
      if (round === undefined) {
        round = { minute, members: [], teach: false };
        rounds.push(round);
      }
      if (this.#points[at + 4] === 1) round.teach = true;
      if (round.members.some((member) => member.index === index)) continue;
      round.members.push({ index, value: this.#points[at + 2] as number, severity: this.#points[at + 3] as number });
    }
    return rounds.sort((a, b) => a.minute - b.minute);
  }

  /** Every chain is over. */
  clear(): void {
    this.#size = 0;
  }

  #grow(): void {
    const [points, next] = [new Float64Array(this.#points.length * 2), new Int32Array(this.#next.length * 2)];
    points.set(this.#points);
    next.set(this.#next);
    this.#points = points;
    this.#next = next;
  }
}
