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

const seen = (watch: LogWatch, lines: LogLine[], atMin: number) => watch.observe(lines, T0 + atMin * MINUTE);
const missing = (n: number): string => `user ${n} not found: NullPointerException`;

describe('Watching logs', () => {
  it('reports an error template that was never there before, with an example, once it has come three times', () => {
    const watch = warmed();
    expect(seen(watch, many(60, 2, missing), 60)).toEqual([]);
    const [found, ...more] = seen(
      watch,
      many(60, 2, (n) => missing(n + 70)),
      60,
    );
    expect(more).toEqual([]);
    expect(AnomalySchema.parse(found?.anomaly)).toEqual(found?.anomaly);
    expect(found?.anomaly).toMatchObject({
      method: 'log',
      resourceId: 'ecs/checkout',
      metric: null,
      direction: 'up',
      startedAtMs: T0 + 60 * MINUTE,
      endedAtMs: null,
    });
    expect(found?.anomaly.explanation.code).toBe('log.new');
    expect(found?.anomaly.explanation.text).toContain('NullPointerException');
  });

  it('reports a known template that comes far more often than usual, and says how often that is', () => {
    const found = seen(warmed(), many(60, 40, retry), 60);
    expect(found).toHaveLength(1);
    expect(found[0]?.anomaly.explanation).toMatchObject({ code: 'log.burst', params: { usual: 2 } });
  });

  it('calls errors urgent once they burst in two minutes, and warnings or a few new errors never', () => {
    const watch = warmed();
    expect(seen(watch, many(60, 40, retry), 60)[0]?.urgent).toBe(false);
    expect(seen(watch, many(61, 40, retry), 61)[0]?.urgent).toBe(true);
    for (const minute of [62, 63, 64]) {
      const few = seen(watch, [...many(minute, 4, missing), ...many(minute, 90, (n) => `pool ${n} is getting full`, { level: 'warn' })], minute);
      expect(few.map(({ urgent }) => urgent)).toEqual([false, false]);
    }
  });

  it('keeps an episode under one id while it lasts, and ends it after five quiet minutes', () => {
    const watch = warmed();
    const ids = [60, 61, 62].flatMap((minute) => seen(watch, many(minute, 40, retry), minute).map(({ anomaly }) => anomaly.id));
    expect(new Set(ids).size).toBe(1);
    expect(seen(watch, [], 66)).toEqual([]);
    expect(watch.going()).toHaveLength(1);
    expect(seen(watch, [], 67)).toMatchObject([{ anomaly: { id: ids[0], endedAtMs: T0 + 62 * MINUTE } }]);
    expect(seen(watch, [], 90)).toEqual([]);
  });

  it('takes no known template for a new one when its text becomes more general', () => {
    const watch = new LogWatch(() => 'x');
    for (let minute = 0; minute < 60; minute += 1) {
      const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'].slice(0, 1 + Math.floor(minute / 12));
      expect(
        seen(
          watch,
          names.map((name) => lineAt(minute, `call to ${name} failed with status 503`)),
          minute,
        ),
      ).toEqual([]);
    }
  });

  it('calls nothing new in its first half hour or out of old lines, and never minds debug and info lines', () => {
    const fresh = new LogWatch(() => 'x');
    expect(
      seen(
        fresh,
        many(1, 50, (n) => `boom ${n}`),
        1,
      ),
    ).toEqual([]);
    expect(
      seen(
        warmed(),
        many(60, 500, (n) => `fine ${n}`, { level: 'info' }),
        60,
      ),
    ).toEqual([]);
    expect(
      seen(
        warmed(),
        many(60, 50, (n) => `boom ${n}`),
        75,
      ),
    ).toEqual([]);
  });

  it('takes small changes of a known rate as usual', () => {
    expect(seen(warmed(), many(60, 6, retry), 60)).toEqual([]);
  });
});
