const MINUTE_MS = 60_000;

/** Series that always were there, one point a minute, with values that can be told from name and time. */
export class MetricWorld {
  series = 0;
  namespace = 'Shop/Load';
  nowMs: () => number = () => Date.now();
  lateMs = 30_000; // a minute's point shows up so long after the minute
  pageOf = 500; // results a page
  calls = 0;
  /** Results that fail, by call and id. */
  trouble: (call: number, id: string) => 'InternalError' | 'PartialData' | null = () => null;

  static value(index: number, atMs: number): number {
    return ((index * 7919 + atMs / MINUTE_MS) % 1000) / 10;
  }

  list(body: Record<string, unknown>): unknown {
    if (body['Namespace'] !== this.namespace) return { Metrics: [] };
    const at = Number(body['NextToken'] ?? 0);
    const next = Math.min(this.series, at + 500);
    const Metrics = Array.from({ length: next - at }, (_, index) => ({
      Namespace: this.namespace,
      MetricName: 'Requests',
      Dimensions: [{ Name: 'Shard', Value: String(at + index) }],
    }));
    return { Metrics, ...(next < this.series ? { NextToken: String(next) } : {}) };
  }

  data(body: Record<string, unknown>): unknown {
    this.calls += 1;
    const queries = body['MetricDataQueries'] as { Id: string; MetricStat: { Metric: { Dimensions: { Value: string }[] } } }[];
    const fromMs = Math.ceil((Number(body['StartTime']) * 1000) / MINUTE_MS) * MINUTE_MS;
    const toMs = Math.min(Number(body['EndTime']) * 1000, this.nowMs() - MINUTE_MS - this.lateMs);
    const at = Number(body['NextToken'] ?? 0);
    const next = at + this.pageOf;
    const MetricDataResults = queries.slice(at, next).map(({ Id, MetricStat }) => {
      const index = Number(MetricStat.Metric.Dimensions[0]?.Value);
      const trouble = this.trouble(this.calls, Id);
      const Timestamps: number[] = [];
      for (let ms = fromMs; ms < toMs && trouble === null; ms += MINUTE_MS) Timestamps.push(ms / 1000);
      return { Id, Label: 'Requests', Timestamps, Values: Timestamps.map((s) => MetricWorld.value(index, s * 1000)), StatusCode: trouble ?? 'Complete' };
    });
    return { MetricDataResults, ...(next < queries.length ? { NextToken: String(next) } : {}) };
  }
}
