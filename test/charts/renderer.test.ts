import { afterEach, describe, expect, it } from 'vitest';
import { type ClosableChartRenderer, createChartRenderer } from '../../src/charts/renderer.ts';
import type { ChartSpec } from '../../src/domain/chart.ts';
import { at, base, specs } from './specs.ts';

const open: ClosableChartRenderer[] = [];
function renderer(options?: Parameters<typeof createChartRenderer>[0]): ClosableChartRenderer {
  const made = createChartRenderer(options);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const script = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${code}`)}`);

/** Width and height, from the header of a PNG. */
function sizeOf(png: Uint8Array): { width: number; height: number } {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

describe('the chart renderer', () => {
  it('draws every kind of picture, off the main thread and within 300 ms', async () => {
    const charts = renderer();
    for (const [name, spec] of Object.entries(specs)) expect(sizeOf(await charts.metricPng(spec)), name).toEqual({ width: 1200, height: 520 });
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 10 && fastestMs >= 300; run += 1) {
      const startedMs = performance.now();
      await charts.metricPng(specs['spike'] ?? base);
      fastestMs = Math.min(fastestMs, performance.now() - startedMs);
    }
    expect(fastestMs).toBeLessThan(300);
  });

  it('draws the same picture from the same data, and Chinese glyphs, not one empty box for all', async () => {
    const charts = renderer();
    const [one, two, three] = await Promise.all(['数据库', '数据库', '服务慢'].map((title) => charts.metricPng({ ...base, title })));
    expect(Buffer.compare(one ?? new Uint8Array(), two ?? new Uint8Array())).toBe(0);
    expect(Buffer.compare(one ?? new Uint8Array(), three ?? new Uint8Array())).not.toBe(0);
  });

  it('survives numbers that are none, times out of order and a point far in the past', async () => {
    const points = [
      { timestampMs: at(5), value: Number.NaN },
      { timestampMs: at(1), value: Number.POSITIVE_INFINITY },
      { timestampMs: 0, value: 1e300 },
      { timestampMs: at(3), value: -1e-300 },
    ];
    const spec: ChartSpec = { ...base, series: [{ name: '', points }], threshold: Number.NaN, spans: [{ fromMs: at(9), toMs: at(2), label: '' }] };
    expect(sizeOf(await renderer().metricPng(spec)).width).toBe(1200);
  });

  it('ends its worker after a while without pictures, and begins anew with the next', async () => {
    const answering = script(
      'const png = crypto.getRandomValues(new Uint8Array(8)); parentPort.on("message", ({ id }) => parentPort.postMessage({ id, png }));',
    );
    const charts = renderer({ worker: answering, idleMs: 50 });
    const first = await charts.metricPng(base);
    expect(await charts.metricPng(base)).toEqual(first);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await charts.metricPng(base)).not.toEqual(first);
  });

  it('refuses a picture of too many points, and more pictures than may wait', async () => {
    const charts = renderer({ worker: script('parentPort.on("message", () => {})') });
    const points = Array.from({ length: 60_000 }, (_, index) => ({ timestampMs: index, value: 1 }));
    await expect(charts.metricPng({ ...base, series: [{ name: 'x', points }] })).rejects.toMatchObject({ code: 'limited' });
    const queued = Array.from({ length: 33 }, () => charts.metricPng(base).catch((error: unknown) => error));
    await expect(charts.metricPng(base)).rejects.toMatchObject({ code: 'limited' });
    await charts.close();
    for (const answer of await Promise.all(queued)) expect(answer).toMatchObject({ code: 'unavailable' });
  });

  it('gives up on a picture that takes too long and draws the next one in a new worker', async () => {
    const slowOnce = script(
      'parentPort.on("message", ({ id, spec }) => spec.title === "hang" ? null : parentPort.postMessage({ id, png: new Uint8Array([1]) }))',
    );
    const charts = renderer({ worker: slowOnce, timeoutMs: 500 });
    const hung = charts.metricPng({ ...base, title: 'hang' });
    const next = charts.metricPng(base);
    await expect(hung).rejects.toMatchObject({ code: 'unavailable' });
    expect([...(await next)]).toEqual([1]);
  });

  it('loses only its picture when the worker dies', async () => {
    const mortal = script(
      'parentPort.on("message", ({ id, spec }) => spec.title === "die" ? process.exit(1) : parentPort.postMessage({ id, png: new Uint8Array([2]) }))',
    );
    const charts = renderer({ worker: mortal });
    const dead = charts.metricPng({ ...base, title: 'die' });
    const next = charts.metricPng(base);
    await expect(dead).rejects.toMatchObject({ code: 'unavailable', message: 'The picture could not be drawn.' });
    expect([...(await next)]).toEqual([2]);
  });

  it('says that it is closed', async () => {
    const charts = renderer();
    await charts.close();
    await expect(charts.metricPng(base)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
