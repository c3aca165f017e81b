/**
 * Metrics of one resource that usually move together. Bounded: at most MEMBERS series a resource, one small array of doubles
 * for each resource. Each member is measured against its own short memory; each pair keeps a long and a short running correlation.
 */
export const MEMBERS = 8;
const PER_MEMBER = 7; // mean, variance, long square, short square, key, last value's measure, severe points in a row
const PAIRS = (MEMBERS * (MEMBERS - 1)) / 2;
const PER_PAIR = 4; // long product, short product, parted points in a row, origin of the episode
const HEAD = 6; // version, rounds, origin of "together", calm rounds, habit of it, 1 while this one is a habit
const SIZE = HEAD + MEMBERS * PER_MEMBER + PAIRS * PER_PAIR;
const VERSION = 2;

const OWN = 1 / 60;
const LONG = 1 / 720;
const SHORT = 1 / 20;
const ROUNDS_MIN = 300;
const TOGETHER_BEFORE = 0.85;
const PARTED_BELOW = 0.1;
const PARTED_ROUNDS = 10;
const TOGETHER_SEVERITY = 0.4;
const TOGETHER_MIN = 3;
const TOGETHER_ROUNDS = 3;
/** What a resource does again and again is its work (a nightly job), not trouble: so often within some days, and it is not told. */
const HABIT = 1.5;
const HABIT_KEPT = 0.5 ** (1 / (3 * 1440)); // a round; half of it is forgotten in three days of minutes

/** One round: the members' newest values at one moment. `severity` is each member's own. */
export interface Member {
  readonly index: number;
  readonly value: number;
  readonly severity: number;
}
export type CorrelationFinding =
  | { readonly type: 'parted'; readonly a: number; readonly b: number; readonly originMs: number; readonly ended: boolean; readonly severity: number }
  | { readonly type: 'together'; readonly members: readonly number[]; readonly originMs: number; readonly ended: boolean; readonly severity: number };

const memberAt = (index: number): number => HEAD + index * PER_MEMBER;
const pairAt = (a: number, b: number): number => HEAD + MEMBERS * PER_MEMBER + ((b * (b - 1)) / 2 + a) * PER_PAIR; // a < b

export class ResourceGroup {
  readonly #state: Float64Array;

  constructor() {
    this.#state = new Float64Array(SIZE);
    this.#state[0] = VERSION;
  }

  /** The state itself as bytes: copy them, or save them before the next round. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#state.buffer);
  }

  /** False, and nothing taken over, when the bytes are of another version. */
  restore(bytes: Uint8Array): boolean {
    if (bytes.length !== SIZE * 8) return false;
    const state = new Float64Array(bytes.slice().buffer);
    if (state[0] !== VERSION) return false;
    this.#state.set(state);
    return true;
  }

  /** The member's index for a key (a whole number), given on first sight; -1 when the group is full. */
  indexOf(key: number): number {
    for (let index = 0; index < MEMBERS; index += 1) {
      const at = memberAt(index) + 4;
      if (this.#state[at] === key) return index;
      if (this.#state[at] === 0) {
        this.#state[at] = key;
        return index;
      }
    }
    return -1;
  }

  /** Takes one round; members ascending by index, at most one entry each. `teach`: learn only. */
  round(t: number, members: readonly Member[], teach: boolean): readonly CorrelationFinding[] {
    const S = this.#state;
    S[1] = (S[1] as number) + 1;
    for (const { index, value } of members) measure(S, memberAt(index), value);
    const findings: CorrelationFinding[] = [];
    for (const { index: a } of members)
      for (const { index: b } of members) {
        if (a >= b) continue;
        const found = pair(S, t, a, b, teach);
        if (found !== null) findings.push(found);
      }
    const together = this.#together(t, members, teach);
    if (together !== null) findings.push(together);
    return findings;
  }

  #together(t: number, members: readonly Member[], teach: boolean): CorrelationFinding | null {
    const S = this.#state;
    S[4] = (S[4] as number) * HABIT_KEPT;
    for (const { index, severity } of members) {
      const at = memberAt(index) + 6;
      S[at] = severity >= TOGETHER_SEVERITY ? (S[at] as number) + 1 : 0;
    }
    const severe = members.filter(({ index }) => (S[memberAt(index) + 6] as number) >= TOGETHER_ROUNDS);
    const origin = S[2] as number;
    const severity = Math.min(0.99, severe.reduce((sum, member) => Math.max(sum, member.severity), 0) + 0.1 * severe.length);
    const found = { type: 'together' as const, members: severe.map(({ index }) => index), severity };
    if (severe.length >= TOGETHER_MIN) {
      S[3] = 0;
      if (origin === 0) {
        S[2] = t;
        S[5] = teach || (S[4] as number) >= HABIT ? 1 : 0;
        S[4] = (S[4] as number) + 1;
      }
      return S[5] === 1 ? null : { ...found, originMs: S[2] as number, ended: false };
    }
    if (origin === 0) return null;
    S[3] = (S[3] as number) + 1;
    if ((S[3] as number) < PARTED_ROUNDS) return null;
    S[2] = 0;
    return S[5] === 1 ? null : { ...found, originMs: origin, ended: true };
  }
}

/** The member's newest value against its own short memory, clipped, kept for the pairs. */
function measure(S: Float64Array, at: number, value: number): void {
  const [mean, variance, first] = [S[at] as number, S[at + 1] as number, (S[at + 2] as number) === 0];
  const far = value - mean;
  const unit = Math.sqrt(variance);
  const u = first || unit === 0 ? 0 : Math.max(-4, Math.min(4, far / unit));
  S[at] = first ? value : mean + OWN * far;
  S[at + 1] = first ? 0 : (1 - OWN) * (variance + OWN * far * far);
  S[at + 2] = Math.max(1e-9, (S[at + 2] as number) + LONG * (u * u - (S[at + 2] as number)));
  S[at + 3] = (S[at + 3] as number) + SHORT * (u * u - (S[at + 3] as number));
  S[at + 5] = u;
}

function pair(S: Float64Array, t: number, a: number, b: number, teach: boolean): CorrelationFinding | null {
  const [atA, atB, at] = [memberAt(a), memberAt(b), pairAt(a, b)];
  const product = (S[atA + 5] as number) * (S[atB + 5] as number);
  const long = (S[at] as number) / Math.sqrt((S[atA + 2] as number) * (S[atB + 2] as number));
  const short = (S[at + 1] as number) / Math.sqrt((S[atA + 3] as number) * (S[atB + 3] as number) + 1e-12);
  S[at + 1] = (S[at + 1] as number) + SHORT * (product - (S[at + 1] as number));
  const moving = Math.max((S[atA + 3] as number) / (S[atA + 2] as number), (S[atB + 3] as number) / (S[atB + 2] as number)) > 0.5;
  const parted = (S[1] as number) >= ROUNDS_MIN && Math.abs(long) >= TOGETHER_BEFORE && short * Math.sign(long) < PARTED_BELOW && moving;
  const origin = S[at + 3] as number;
  // While they are apart, the long memory learns ten times slower: an hour of trouble is not what is usual.
  S[at] = (S[at] as number) + (parted ? LONG / 10 : LONG) * (product - (S[at] as number));
  const rounds = parted ? (S[at + 2] as number) + 1 : Math.max(0, (S[at + 2] as number) - 1);
  S[at + 2] = Math.min(rounds, 2 * PARTED_ROUNDS);
  const severity = Math.min(0.95, 0.5 + 0.25 * (Math.abs(long) - short * Math.sign(long)));
  if (origin === 0) {
    if (teach || rounds < PARTED_ROUNDS) return null;
    S[at + 3] = t;
    return { type: 'parted', a, b, originMs: t, ended: false, severity };
  }
  if (rounds > 0) return { type: 'parted', a, b, originMs: origin, ended: false, severity };
  S[at + 3] = 0;
  return { type: 'parted', a, b, originMs: origin, ended: true, severity };
}
