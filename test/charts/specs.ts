import type { ChartSpec } from '../../src/domain/chart.ts';

const START_MS = Date.UTC(2026, 10, 24, 0, 0, 0);
const MINUTE = 60_000;
export const at = (minute: number): number => START_MS + minute * MINUTE;
const minutes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const wave = (minute: number): number => 140 + 25 * Math.sin(minute / 40) + 6 * Math.sin(minute * 1.7);

export const base: ChartSpec = { title: 'DatabaseConnections · rds/checkout-db', unit: 'Count', series: [], band: [], threshold: null, spans: [], markers: [] };
const line = (name: string, count: number, value: (minute: number) => number | null) => ({
  name,
  points: minutes(count).map((minute) => ({ timestampMs: at(minute), value: value(minute) })),
});
const bandAround = (count: number, value: (minute: number) => number, width: number) =>
  minutes(count).map((minute) => ({ timestampMs: at(minute), low: value(minute) - width, high: value(minute) + width }));
const deploys = Array.from({ length: 14 }, (_, index) => ({ atMs: at(15 + index * 12), label: `deploy checkout 4.${index}.0 by ci-deployer` }));

/** The pictures people will see, by name. */
export const specs: Record<string, ChartSpec> = {
  spike: {
    ...base,
    series: [line('DatabaseConnections', 180, (m) => (m > 130 ? Math.min(498, wave(m) + (m - 130) * 22) : wave(m)))],
    band: bandAround(180, wave, 40),
    threshold: 450,
    spans: [{ fromMs: at(131), toMs: at(179), label: 'anomaly' }],
    markers: [
      { atMs: at(128), label: 'deploy checkout 4.2.1' },
      { atMs: at(165), label: 'PLAN-34 Roll back the deployment' },
    ],
  },
  'one point spike': {
    ...base,
    unit: 'Milliseconds',
    title: 'TargetResponseTime · alb/shop',
    series: [line('p99', 120, (m) => (m === 60 ? 4200 : 180 + (m % 7)))],
    spans: [{ fromMs: at(60), toMs: at(60), label: 'spike' }],
  },
  flat: { ...base, unit: 'Percent', title: 'CPUUtilization · ec2/worker-1', series: [line('CPUUtilization', 180, () => 12)] },
  'flat zero': { ...base, unit: 'Count', title: 'Errors · lambda/invoice', series: [line('Errors', 180, () => 0)] },
  percent: {
    ...base,
    unit: 'Percent',
    title: 'disk_used_percent · ec2/worker-1',
    series: [line('disk_used_percent', 600, (m) => 55 + m * 0.065)],
    threshold: 90,
    spans: [{ fromMs: at(480), toMs: at(599), label: 'disk full in about 2 h' }],
  },
  'long title': {
    ...base,
    title: 'TargetResponseTime of the load balancer app/shop-production-external/50dc6c495c0c9188 in eu-central-1 for target group checkout-service-blue',
    series: [line('a metric with a very long name that goes on and on and on and on', 60, wave)],
    unit: 'Seconds',
  },
  chinese: {
    ...base,
    title: '数据库连接数 · rds/checkout-db：连接耗尽，结账服务响应变慢',
    series: [line('数据库连接数', 180, wave)],
    band: bandAround(180, wave, 40),
    spans: [{ fromMs: at(100), toMs: at(140), label: '异常' }],
    markers: [{ atMs: at(95), label: '部署 checkout 4.2.1（由 张伟）' }],
  },
  'many markers': { ...base, series: [line('DatabaseConnections', 180, wave)], markers: deploys },
  'all null': { ...base, series: [line('DatabaseConnections', 60, () => null)] },
  empty: base,
  'one point': { ...base, series: [line('DatabaseConnections', 1, () => 42)] },
  gaps: {
    ...base,
    unit: 'Bytes',
    title: 'FreeableMemory · rds/checkout-db',
    series: [
      {
        name: 'FreeableMemory',
        points: minutes(180)
          .filter((m) => m < 60 || (m > 90 && m < 120) || m === 135 || m > 150)
          .map((m) => ({ timestampMs: at(m), value: 3.2e9 + m * 4e6 })),
      },
    ],
  },
  'two series, negative': {
    ...base,
    unit: 'None',
    title: 'Temperature',
    series: [line('inside', 180, (m) => 10 * Math.sin(m / 30)), line('outside', 180, (m) => 6 * Math.cos(m / 30) - 4)],
  },
  'far threshold': { ...base, series: [line('DatabaseConnections', 180, wave)], threshold: 5000 },
  'two weeks': {
    ...base,
    unit: 'Count/Second',
    title: 'RequestCount · alb/shop',
    series: [line('RequestCount', 14 * 1440, (m) => 40_000 + 30_000 * Math.sin((m / 1440) * 2 * Math.PI) + (m === 9000 ? 90_000 : 0))],
    spans: [{ fromMs: at(8990), toMs: at(9010), label: 'anomaly' }],
  },
};
