import { expect, it } from 'vitest';
import type { LogLine } from '../../../src/domain/signals.ts';
import type { Store } from '../../../src/domain/store.ts';
import { LogReader } from '../../../src/loop/detection/log-reader.ts';
import { T0 } from '../../support/make.ts';
import { tempStore } from '../../support/store.ts';

/** Lines of the worst kind: long, and each with words of its own. */
const flood = (count: number): LogLine[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `f${n}`,
    timestampMs: T0 + n,
    group: '/app/checkout',
    resourceId: 'ecs/checkout',
    level: 'error' as const,
    message: `${'w'.repeat(n % 700)} ${n.toString(36)}x ${'(;'.repeat(n % 97)} ${(n * 7919).toString(36)}`,
  }));

it('reads a flood of log lines in slices of at most 500, and lets others run between them', async () => {
  const store = await tempStore();
  await store.signals.appendLogs(flood(2300));
  const slices: number[] = [];
  let others = 0;
  let over = false;
  const other = (): void => {
    others += 1;
    if (!over) setImmediate(other);
  };
  const watched: Store = {
    ...store,
    signals: {
      ...store.signals,
      logsSince: async (after, limit) => {
        const found = await store.signals.logsSince(after, limit);
        slices.push(found.lines.length);
        return found;
      },
    },
  };
  setImmediate(other);
  await new LogReader(watched, () => 'log_1').run(T0 + 60_000);
  over = true;
  expect(slices).toEqual([500, 500, 500, 500, 300]);
  expect(others).toBeGreaterThanOrEqual(slices.length - 1);
});
