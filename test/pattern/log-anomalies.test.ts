import { describe, expect, it } from 'vitest';
import { AnomalySchema } from '../../src/domain/anomaly.ts';
import type { LogLine } from '../../src/domain/signals.ts';
import { LogWatch } from '../../src/pattern/log-anomalies.ts';
import { MINUTE, T0 } from '../support/make.ts';

let serial = 0;
const lineAt = (atMin: number, message: string, over: Partial<LogLine> = {}): LogLine => ({
  id: `l${serial++}`,
  timestampMs: T0 + atMin * MINUTE,
  group: '/app/checkout',
  resourceId: 'ecs/checkout',
  level: 'error',
  message,
  ...over,
});
const many = (atMin: number, count: number, message: (n: number) => string, over: Partial<LogLine> = {}): LogLine[] =>
  Array.from({ length: count }, (_, n) => lineAt(atMin, message(n), over));
const retry = (n: number): string => `retry ${n} of payment ${n}00`;

/** A watch that has seen an hour of two retries a minute. */
function warmed(): LogWatch {
  let next = 0;
  const watch = new LogWatch(() => `log_${next++}`);
  for (let minute = 0; minute < 60; minute += 1) expect(watch.observe(many(minute, 2, retry), T0 + minute * MINUTE)).toEqual([]);
  return watch;
}

describe('Watching logs', () => {
  it('reports an error template that was never there before, with an example, once it has come three times', () => {
    const watch = warmed();
    expect(
      watch.observe(
        many(60, 2, (n) => `user ${n} not found: NullPointerException`),
        T0 + 60 * MINUTE,
      ),
    ).toEqual([]);
    const [found, ...more] = watch.observe(
      many(60, 2, (n) => `user ${n}7 not found: NullPointerException`),
      T0 + 60 * MINUTE,
    );
    expect(more).toEqual([]);
    expect(AnomalySchema.parse(found)).toEqual(found);
    expect(found).toMatchObject({ method: 'log', resourceId: 'ecs/checkout', metric: null, direction: 'up', startedAtMs: T0 + 60 * MINUTE, endedAtMs: null });
    expect(found?.explanation.code).toBe('log.new');
    expect(found?.explanation.text).toContain('NullPointerException');
  });

  it('reports a known template that comes far more often than usual, and says how often that is', () => {
    const found = warmed().observe(many(60, 40, retry), T0 + 60 * MINUTE);
    expect(found).toHaveLength(1);
    expect(found[0]?.explanation).toMatchObject({ code: 'log.burst', params: { usual: 2 } });
  });

  it('keeps an episode under one id while it lasts, and ends it after ten quiet minutes', () => {
    const watch = warmed();
    const ids = [60, 61, 62].flatMap((minute) => watch.observe(many(minute, 40, retry), T0 + minute * MINUTE).map(({ id }) => id));
    expect(new Set(ids).size).toBe(1);
    expect(watch.observe([], T0 + 70 * MINUTE)).toEqual([]);
    expect(watch.observe([], T0 + 72 * MINUTE)).toMatchObject([{ id: ids[0], endedAtMs: T0 + 62 * MINUTE }]);
    expect(watch.observe([], T0 + 90 * MINUTE)).toEqual([]);
  });

  it('calls nothing new in its first half hour, and never minds debug and info lines', () => {
    const watch = new LogWatch(() => 'x');
    expect(
      watch.observe(
        many(1, 50, (n) => `boom ${n}`),
        T0 + MINUTE,
      ),
    ).toEqual([]);
    expect(
      warmed().observe(
        many(60, 500, (n) => `fine ${n}`, { level: 'info' }),
        T0 + 60 * MINUTE,
      ),
    ).toEqual([]);
  });

  it('takes small changes of a known rate as usual', () => {
    expect(warmed().observe(many(60, 6, retry), T0 + 60 * MINUTE)).toEqual([]);
  });
});
