import { describe, expect, it } from 'vitest';
import { ResourceGroup } from '../../src/detect/correlation.ts';
import { Detector } from '../../src/detect/detector.ts';
import { MINUTE, series, T0 } from '../support/make.ts';

/** Minutes in which three metrics of one resource leave their usual values for ten minutes, every `everyMin`. */
function told(group: ResourceGroup, everyMin: number, minutes: number, fromMin = 0): number[] {
  const starts: number[] = [];
  let known = -1;
  for (let minute = fromMin; minute < fromMin + minutes; minute += 1) {
    const severity = minute % everyMin < 10 ? 0.7 : 0;
    const members = [0, 1, 2].map((index) => ({ index, value: 10 + (minute % 3), severity }));
    const found = group.round(minute * MINUTE, members, false).find((one) => one.type === 'together' && !one.ended);
    if (found !== undefined && found.originMs !== known) {
      known = found.originMs;
      starts.push(minute);
    }
  }
  return starts;
}

describe('what a resource does again and again', () => {
  it('is told twice at most, and then known as its work', () => {
    expect(told(new ResourceGroup(), 60, 24 * 60)).toHaveLength(2);
  });

  it('is known after a restart as well', () => {
    const before = new ResourceGroup();
    told(before, 60, 6 * 60);
    const after = new ResourceGroup();
    after.restore(before.bytes);
    expect(told(after, 60, 12 * 60, 6 * 60)).toEqual([]);
  });

  it('is trouble again when it had not happened for weeks', () => {
    const group = new ResourceGroup();
    told(group, 60, 6 * 60);
    told(group, 1_000_000, 21 * 24 * 60, 6 * 60 + 10);
    expect(told(group, 22 * 24 * 60, 60, 22 * 24 * 60)).toHaveLength(1);
  });
});

describe('a long back-fill that comes in several batches', () => {
  it('only teaches, also in its later batches', () => {
    const detector = new Detector();
    const nowMs = T0 + 3000 * MINUTE;
    const values = Array.from({ length: 1400 }, (_, minute) => 20 + (minute % 5) + (minute >= 700 && minute < 760 ? 75 : 0));
    const found = [series('ecs/a', values.slice(0, 500)), series('ecs/a', values.slice(500), T0 + 500 * MINUTE)].flatMap((batch) =>
      detector.observe(batch, nowMs),
    );
    expect(found).toEqual([]);
  });
});
