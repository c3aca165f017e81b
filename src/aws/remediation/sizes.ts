const SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'];

/** The next size of the same family: `db.r6g.large` → `db.r6g.xlarge`. Null for the largest, and for names of another form. */
export function nextSize(type: string): string | null {
  const at = type.lastIndexOf('.');
  const index = SIZES.indexOf(type.slice(at + 1));
  const next = index < 0 ? undefined : SIZES[index + 1];
  return at < 0 || next === undefined ? null : `${type.slice(0, at)}.${next}`;
}

/** Whether `to` is larger than `from` and of the same family. */
export function isLarger(from: string, to: string): boolean {
  const family = (type: string): string => type.slice(0, type.lastIndexOf('.'));
  const size = (type: string): number => SIZES.indexOf(type.slice(type.lastIndexOf('.') + 1));
  return family(from) === family(to) && size(from) >= 0 && size(to) > size(from);
}
