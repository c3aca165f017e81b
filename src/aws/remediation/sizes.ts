const SMALL = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge']; // each twice the one before

/** How large a size is, in nanos: `large` 16, `xlarge` 32, `4xlarge` 128. Null for bare metal and names of another form. */
export function weightOf(type: string): number | null {
  const size = type.slice(type.lastIndexOf('.') + 1);
  const times = /^(\d{1,3})xlarge$/.exec(size)?.[1];
  if (times !== undefined) return 32 * Number(times);
  const at = SMALL.indexOf(size);
  return at < 0 ? null : 2 ** at;
}

/** `db.r6g.large` → `db.r6g`. */
const familyOf = (type: string): string => type.slice(0, Math.max(0, type.lastIndexOf('.')));

const LARGER = ['2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'];
const TIMES = [2, 3, 4, 6, 8, 9, 10, 12, 16, 18, 24, 32, 48, 56, 112];

/** Every size that an EC2 family may have; each has some of them. */
export const possibleTypes = (type: string): string[] => [...SMALL, ...TIMES.map((times) => `${times}xlarge`)].map((size) => `${familyOf(type)}.${size}`);

/** The next size of the same family as databases and caches have them: `db.r6g.large` → `db.r6g.xlarge`. Null for the largest. */
export function nextSize(type: string): string | null {
  return nextOf(
    type,
    [...SMALL, ...LARGER].map((size) => `${familyOf(type)}.${size}`),
  );
}

/** The smallest of some types that is larger, and of the same family. */
export function nextOf(type: string, types: readonly string[]): string | null {
  return types.filter((one) => isLarger(type, one)).sort((a, b) => (weightOf(a) ?? 0) - (weightOf(b) ?? 0))[0] ?? null;
}

/** Whether `to` is larger than `from` and of the same family. */
export function isLarger(from: string, to: string): boolean {
  const [before, after] = [weightOf(from), weightOf(to)];
  return familyOf(from) !== '' && familyOf(from) === familyOf(to) && before !== null && after !== null && after > before;
}
