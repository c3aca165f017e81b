import { describe, expect, test } from 'vitest';
import { DAY, MINUTE, MONDAY_MS, metric, noise, Timeline } from './timeline.ts';

const daily = (now: number): number => Math.sin(((now % DAY) / DAY) * 2 * Math.PI);

describe('what people complain of in detectors', () => {
  test('one spike does not hide a second one in the next hour', () => {
    const random = noise(1);
    const line = new Timeline();
    line.run(2 * 1440, () => 100 + 5 * random());
    line.run(10, () => 1500).run(50, () => 100 + 5 * random());
    expect(line.all).toHaveLength(1);
    line.run(10, () => 900);
    expect(line.all).toHaveLength(2);
    expect(line.live).toHaveLength(1);
  });

  test('trouble that comes back after a short gap is seen, as the same episode', () => {
    const random = noise(2);
    const line = new Timeline();
    line
      .run(1440, () => 100 + 5 * random())
      .run(10, () => 900)
      .run(12, () => 100 + 5 * random());
    expect(line.live).toHaveLength(0);
    line.run(5, () => 900);
    expect(line.all).toHaveLength(1);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]?.value).toBe(900);
  });

  test('a metric with a few events a day does not flap', () => {
    const random = noise(3);
    const line = new Timeline(metric('AWS/Lambda', 'Invocations', 'lambda/invoice', 'Count'));
    line.run(4 * 1440, () => (random() > 0.98 ? 1 + Math.floor(2 * Math.abs(random())) : 0));
    const firstDay = MONDAY_MS + DAY;
    expect(line.all.filter((anomaly) => anomaly.startedAtMs > firstDay)).toHaveLength(0);
    expect(line.all.length).toBeLessThanOrEqual(1);
  });

  test('a job that runs every night pages in the first nights only', () => {
    const random = noise(4);
    const line = new Timeline();
    line.run(10 * 1440, () => (line.now % DAY >= 2 * 60 * MINUTE && line.now % DAY < 2 * 60 * MINUTE + 15 * MINUTE ? 800 : 100 + 5 * random()));
    expect(line.all.length).toBeGreaterThanOrEqual(1);
    expect(line.all.filter((anomaly) => anomaly.startedAtMs > MONDAY_MS + 4 * DAY)).toHaveLength(0);
  });

  test('yet a night in which the job does far more is seen', () => {
    const random = noise(5);
    const line = new Timeline();
    const isJob = (): boolean => line.now % DAY >= 2 * 60 * MINUTE && line.now % DAY < 2 * 60 * MINUTE + 15 * MINUTE;
    line.run(7 * 1440, () => (isJob() ? 800 : 100 + 5 * random()));
    const before = line.all.length;
    line.run(1440, () => (isJob() ? 8000 : 100 + 5 * random()));
    expect(line.all.length).toBe(before + 1);
  });

  test('the daily rhythm of traffic does not page', () => {
    const random = noise(6);
    const line = new Timeline();
    line.run(10 * 1440, () => 1000 + 700 * daily(line.now) + 40 * random());
    expect(line.all).toHaveLength(0);
  });

  test('a weekend is no outage', () => {
    const random = noise(7);
    const line = new Timeline();
    const weekend = (): boolean => Math.floor((line.now - MONDAY_MS) / DAY) % 7 >= 5;
    line.run(28 * 1440, () => (weekend() ? 250 : 600) * (1 + 0.4 * daily(line.now)) + 20 * random());
    expect(line.all.filter((anomaly) => anomaly.startedAtMs > MONDAY_MS + 14 * DAY)).toHaveLength(0);
  });

  test('a value stuck at its maximum is an anomaly for a while, not for ever', () => {
    const random = noise(8);
    const line = new Timeline(metric('AWS/EC2', 'CPUUtilization', 'ec2/web-1', 'Percent'));
    line.run(1440, () => 30 + 5 * random()).run(60, () => 100);
    expect(line.live).toHaveLength(1);
    line.run(3 * 1440, () => 100);
    expect(line.live).toHaveLength(0);
    expect(line.all).toHaveLength(1);
  });

  test('steady noise does not page', () => {
    for (const seed of [11, 12, 13, 14, 15]) {
      const random = noise(seed);
      const line = new Timeline();
      line.run(3 * 1440, () => 50 + 12 * (random() + random() + random()));
      expect(line.all, `seed ${seed}`).toHaveLength(0);
    }
  });

  test('traffic that falls to nothing pages within minutes', () => {
    const random = noise(16);
    const line = new Timeline(metric('AWS/ApplicationELB', 'RequestCount', 'alb/shop', 'Count'));
    line.run(3 * 1440, () => Math.round(1000 + 500 * daily(line.now) + 60 * random()));
    const from = line.now;
    line.run(6, () => 0);
    expect(line.live).toHaveLength(1);
    expect(line.live[0]).toMatchObject({ direction: 'down', startedAtMs: from + MINUTE });
  });
});
