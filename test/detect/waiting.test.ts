import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WaitingPoints } from '../../src/detect/waiting.ts';

const point = fc.record({ group: fc.nat(3), minute: fc.integer({ min: 0, max: 4 }), index: fc.nat(2), value: fc.integer(), teach: fc.boolean() });

it('gives each chain its own rounds, by minute, the first point of a member in each, and starts anew when cleared', () => {
  const waiting = new WaitingPoints();
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60 }), (points) => {
      const [first, last] = [new Map<number, number>(), new Map<number, number>()];
      for (const { group, minute, index, value, teach } of points) {
        const place = waiting.add(last.get(group) ?? -1, minute, index, value, 0.5, teach);
        if (!first.has(group)) first.set(group, place);
        last.set(group, place);
      }
      for (const [group, place] of first) {
        const own = points.filter((one) => one.group === group);
        const minutes = [...new Set(own.map((one) => one.minute))].sort((a, b) => a - b);
        const rounds = minutes.map((minute) => {
          const those = own.filter((one) => one.minute === minute);
          const members = [...new Map(those.toReversed().map((one) => [one.index, one])).values()];
          members.sort((a, b) => those.indexOf(a) - those.indexOf(b));
          return { minute, teach: those.some((one) => one.teach), members: members.map(({ index, value }) => ({ index, value, severity: 0.5 })) };
        });
        expect(waiting.rounds(place)).toEqual(rounds);
      }
      waiting.clear();
    }),
  );
});

it('holds more points than it began with', () => {
  const waiting = new WaitingPoints();
  let last = -1;
  for (let n = 0; n < 5000; n += 1) last = waiting.add(last, n, 0, n, 0, false);
  expect(waiting.rounds(0)).toHaveLength(5000);
  expect(waiting.rounds(0).at(-1)).toEqual({ minute: 4999, teach: false, members: [{ index: 0, value: 4999, severity: 0 }] });
});
