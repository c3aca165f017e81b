/** How a value in a CloudWatch unit is written: `value / divisor` with `suffix`. */
export interface Scale {
  readonly divisor: number;
  readonly suffix: string; // with its own leading space, or empty
}

const BINARY: readonly (readonly [number, string])[] = [
  [1024 ** 4, 'TiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
  [0, 'B'],
];
const DECIMAL: readonly (readonly [number, string])[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'], // 9,500 reads better than 9.5k
  [0, ''],
];
const SECONDS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600 * 3, 'h'],
  [180, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [0, 'µs'],
];
const SECOND_DIVISORS: Record<string, number> = { d: 86_400, h: 3600, min: 60, s: 1, ms: 1e-3, µs: 1e-6 };
const IN_SECONDS: Record<string, number> = { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6 };
const IN_BYTES: Record<string, number> = { bytes: 1, kilobytes: 1024, megabytes: 1024 ** 2, gigabytes: 1024 ** 3, terabytes: 1024 ** 4 };

const stepFor = (steps: readonly (readonly [number, string])[], size: number): readonly [number, string] => steps.find(([from]) => size >= from) ?? [1, ''];

/** One scale for values as large as `size`, so that all labels of an axis share it. `unit` as CloudWatch writes it. */
export function scaleFor(unit: string, size: number): Scale {
  const [base = '', rate] = unit.toLowerCase().split('/');
  const per = rate === undefined ? '' : '/s';
  const abs = Math.abs(size);
  if (base === 'percent' || base === '%') return { divisor: 1, suffix: ' %' };
  const seconds = IN_SECONDS[base];
  if (seconds !== undefined) {
    const [, suffix] = abs === 0 ? [1, 's'] : stepFor(SECONDS, abs * seconds);
    return { divisor: (SECOND_DIVISORS[suffix] ?? 1) / seconds, suffix: ` ${suffix}` };
  }
  const bytes = IN_BYTES[base];
  if (bytes !== undefined) {
    const [from, suffix] = stepFor(BINARY, abs * bytes);
    return { divisor: (from || 1) / bytes, suffix: ` ${suffix}${per}` };
  }
  if (base === 'usd' || base === 'dollars') return { divisor: 1, suffix: ' USD' };
  const [from, prefix] = stepFor(DECIMAL, abs);
  if (prefix === 'k') return { divisor: 1e3, suffix: `k${per}` };
  return { divisor: from || 1, suffix: `${prefix}${per}` };
}

/** A number with at most three significant digits below 1,000, and thousands separators above. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const abs = Math.abs(value);
  if (abs >= 1e15) return value.toExponential(1);
  if (abs >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** A value with its unit for people: `97.3 %`, `1.5 GiB`, `240 ms`, `12.4k`. */
export function formatQuantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '–';
  const { divisor, suffix } = scaleFor(unit, value);
  return `${formatNumber(value / divisor)}${suffix}`;
}
