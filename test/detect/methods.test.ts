import { describe, expect, test } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { boundFor } from '../../src/detect/thresholds.ts';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import { DAY, HOUR, MINUTE, MONDAY_MS, metric, noise, Timeline } from './timeline.ts';

const daily = (now: number): number => Math.sin(((now % DAY) / DAY) * 2 * Math.PI);

describe('static thresholds', () => {
  test('CPU over 90 % for ten minutes pages once, in words, and ends when it is over', () => {
    const random = noise(1);
    const line = new Timeline(metric('AWS/EC2', 'CPUUtilization', 'ec2/web-1', 'Percent'));
    line.run(600, () => 78 + 4 * random());
    line.run(9, () => 94);
    expect(line.all).toHaveLength(0);
    line.run(3, () => 94);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]).toMatchObject({ method: 'threshold', direction: 'up', explanation: { code: 'detect.threshold_above' } });
    expect(line.live[0]?.explanation.text).toBe('CPUUtilization is 94 %, above its limit of 90 % for 12 min.');
    line.run(15, () => 78 + 4 * random());
    expect(line.live).toHaveLength(0);
    expect(line.all).toHaveLength(1);
  });

  test('the config overrides a default, and reaches metrics without one', () => {
    const mine = [
      { metric: 'AWS/EC2/CPUUtilization', above: 99, for_min: 1 },
      { metric: 'Shop/*', below: 5, for_min: 2 },
    ];
    expect(boundFor('AWS/EC2/CPUUtilization', 'Average', mine)).toMatchObject({ above: 99, isDefault: false });
    expect(boundFor('AWS/EC2/CPUUtilization', 'Average', [])).toMatchObject({ above: 90, isDefault: true });
    expect(boundFor('Shop/orders', 'Sum', mine)).toMatchObject({ below: 5, forMs: 2 * MINUTE });
    expect(boundFor('Other/orders', 'Sum', mine)).toBeNull();
    expect(boundFor('AWS/EC2/CPUUtilization', 'SampleCount', [])).toBeNull();
  });

  test('a bound from the config holds for as long as it is crossed', () => {
    const line = new Timeline(metric('Shop', 'stock'), { thresholds: [{ metric: 'Shop/stock', below: 5, for_min: 2 }] });
    line.run(60, () => 4.5);
    line.run(3 * 1440, (minute) => 4 + (minute % 2) / 10);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]).toMatchObject({ method: 'threshold', direction: 'down' });
  });
});

describe('dynamic baseline', () => {
  test('a value usual at noon is unusual at midnight', () => {
    const random = noise(2);
    const line = new Timeline();
    line.run(9 * 1440, () => 1000 + 850 * daily(line.now) + 20 * random());
    expect(line.all).toHaveLength(0);
    line.run(18 * 60, () => 1000 + 850 * daily(line.now) + 20 * random());
    line.run(10, () => 1850);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]).toMatchObject({ method: 'baseline', direction: 'up' });
    expect(line.live[0]?.explanation.text).toMatch(/usual at this hour is/);
  });
});

describe('time series', () => {
  const calm = (seed: number): Timeline => {
    const random = noise(seed);
    return new Timeline().run(1440, () => 100 + 5 * random());
  };

  test('a spike of two minutes pages, one of a single minute does not', () => {
    expect(
      calm(3)
        .run(1, () => 900)
        .run(10, () => 101).all,
    ).toHaveLength(0);
    const spike = calm(3).run(2, () => 900);
    expect(spike.live[0]).toMatchObject({ method: 'timeseries', direction: 'up', explanation: { code: 'detect.spike' } });
    expect(spike.live[0]?.expected?.high).toBeLessThan(300);
  });

  test('a new level is called that once it lasts', () => {
    const line = calm(4)
      .run(3, () => 240)
      .run(30, (minute) => 260 + minute);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]?.explanation.code).toBe('detect.level');
  });

  test('a fall is seen like a rise', () => {
    expect(calm(5).run(3, () => 5).live[0]).toMatchObject({ direction: 'down' });
  });

  test('a line that goes flat is seen, and is its own usual in the end', () => {
    const line = calm(6).run(200, () => 101.5);
    expect(line.live[0]).toMatchObject({ direction: 'flat', explanation: { code: 'detect.flat' } });
    line.run(2000, () => 101.5);
    expect(line.live).toHaveLength(0);
  });

  test('a regular series that falls silent is missed, and found again', () => {
    const line = calm(7);
    for (const name of ['a', 'b', 'c', 'd']) line.detector.observe({ ...metric('Test', name), points: [{ timestampMs: line.now, value: 1 }] }, line.now);
    line.run(20, () => undefined);
    expect(line.live[0]).toMatchObject({ direction: 'missing', value: null });
    expect(line.live[0]?.explanation.text).toMatch(/has sent nothing for 20 min; it usually reports every 60 s/);
    line.run(2, () => 100);
    expect(line.live).toHaveLength(0);
  });

  test('when the source itself is silent no metric is blamed', () => {
    const random = noise(8);
    const detector = new Detector();
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => metric('Test', name));
    let now = MONDAY_MS;
    for (let minute = 0; minute < 120; minute += 1, now += MINUTE)
      for (const series of many) detector.observe({ ...series, points: [{ timestampMs: now, value: 100 + random() }] }, now);
    expect(detector.sweep(now + HOUR)).toEqual([]);
  });

  test('a less sensitive metric needs more', () => {
    const random = noise(9);
    const line = new Timeline().run(1440, () => 100 + 5 * random());
    line.factor = 0.3;
    line.run(20, () => 260);
    expect(line.all).toHaveLength(0);
    line.factor = 1;
    line.run(3, () => 260);
    expect(line.live).toHaveLength(1);
  });
});

describe('prediction', () => {
  test('a disk that fills pages hours before it is full, with an interval that holds the truth', () => {
    const random = noise(10);
    const line = new Timeline(metric('CWAgent', 'disk_used_percent', 'ec2/web-1', 'Percent'));
    line.run(600, () => 60 + 0.05 * random());
    const from = line.now;
    const perMinute = 30 / 480;
    line.run(240, (minute) => 60 + perMinute * minute + 0.05 * random());
    const found = line.all.find((anomaly) => anomaly.method === 'prediction');
    const full = from + (40 / perMinute) * MINUTE;
    expect(found?.forecast?.limit).toBe(100);
    expect(Math.abs((found?.forecast?.atMs ?? 0) - full)).toBeLessThan(HOUR);
    expect(found?.forecast?.earliestMs).toBeLessThan(full);
    expect(found?.forecast?.latestMs).toBeGreaterThan(full);
    expect(found?.explanation.text).toMatch(/will reach 100 % in about/);
    line.run(240, () => 40 + 0.05 * random());
    expect(line.all.filter((anomaly) => anomaly.method === 'prediction' && anomaly.endedAtMs === null)).toHaveLength(0);
  });

  test('a memory that breathes, and a disk with room for days, are no forecast', () => {
    const random = noise(11);
    const memory = new Timeline(metric('CWAgent', 'mem_used_percent', 'ec2/web-1', 'Percent'));
    memory.run(2880, (minute) => 55 + 15 * ((minute % 45) / 45) + random());
    expect(memory.all.filter((anomaly) => anomaly.method === 'prediction')).toHaveLength(0);
    const disk = new Timeline(metric('CWAgent', 'disk_used_percent', 'ec2/web-1', 'Percent'));
    disk.run(2880, (minute) => 30 + minute / 1000 + 0.02 * random());
    expect(disk.all).toHaveLength(0);
  });

  test('a certificate close to its last day is told in days', () => {
    const line = new Timeline(metric('AWS/CertificateManager', 'DaysToExpiry', 'acm/shop', 'None'));
    const told: Anomaly[] = [];
    for (let day = 0; day < 40; day += 1) {
      line.now += DAY;
      told.push(...line.detector.observe({ ...line.series, periodMs: DAY, points: [{ timestampMs: line.now, value: 45 - day }] }, line.now));
    }
    expect(told.some((anomaly) => anomaly.method === 'prediction' && /will reach 0 in about \d+(\.\d+)? d/.test(anomaly.explanation.text))).toBe(true);
    expect(told.some((anomaly) => anomaly.method === 'threshold')).toBe(true);
  });
});

describe('correlation', () => {
  function pairOf(seed: number): { detector: Detector; step: (a: (shared: number) => number, b: (shared: number) => number, minutes: number) => Anomaly[] } {
    const random = noise(seed);
    const detector = new Detector();
    const [requests, cpu] = [metric('Test', 'requests', 'ecs/checkout'), metric('Test', 'cpu', 'ecs/checkout')];
    let now = MONDAY_MS;
    let walk = 0;
    const step = (a: (shared: number) => number, b: (shared: number) => number, minutes: number): Anomaly[] => {
      const told: Anomaly[] = [];
      for (let minute = 0; minute < minutes; minute += 1) {
        now += MINUTE;
        walk = 0.9 * walk + random();
        detector.observe({ ...requests, points: [{ timestampMs: now, value: a(walk) }] }, now);
        detector.observe({ ...cpu, points: [{ timestampMs: now, value: b(walk) }] }, now);
        told.push(...detector.relate(now));
      }
      return told;
    };
    return { detector, step };
  }
  const requests = (shared: number): number => 500 + 40 * shared;
  const cpu = (shared: number): number => 40 + 3 * shared;

  test('two metrics that move together and stop are told, once, until they do so again', () => {
    const { step } = pairOf(12);
    expect(step(requests, cpu, 1440)).toEqual([]);
    const apart = step(requests, (shared) => 40 - 3 * shared, 60);
    expect(new Set(apart.map((anomaly) => anomaly.id)).size).toBe(1);
    expect(apart[0]).toMatchObject({ method: 'correlation', explanation: { code: 'detect.parted' } });
    expect(step(requests, cpu, 240).at(-1)?.endedAtMs).not.toBeNull();
  });

  test('metrics that never moved together are never told', () => {
    const random = noise(13);
    const { step } = pairOf(14);
    expect(step(requests, () => 40 + 3 * random(), 3000)).toEqual([]);
  });

  test('three metrics of one resource that leave their usual values together page, though none would alone', () => {
    const random = noise(15);
    const detector = new Detector();
    const all = ['latency', 'errors', 'queue'].map((name) => metric('Test', name, 'ecs/checkout'));
    let now = MONDAY_MS;
    const run = (minutes: number, value: number): { own: Anomaly[]; together: Anomaly[] } => {
      const told = { own: [] as Anomaly[], together: [] as Anomaly[] };
      for (let minute = 0; minute < minutes; minute += 1) {
        now += MINUTE;
        for (const series of all) told.own.push(...detector.observe({ ...series, points: [{ timestampMs: now, value: value + 4.01 * random() }] }, now));
        told.together.push(...detector.relate(now));
      }
      return told;
    };
    expect(run(1440, 100)).toEqual({ own: [], together: [] });
    const { own, together } = run(10, 152);
    expect(own).toEqual([]);
    expect(together.at(-1)).toMatchObject({ method: 'correlation', explanation: { code: 'detect.together' } });
    expect(run(60, 100).together.at(-1)?.endedAtMs).not.toBeNull();
  });
});
