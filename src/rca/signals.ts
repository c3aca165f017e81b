import type { MetricRef, MetricSeries } from '../domain/metric.ts';

/** What a metric says about its resource. Unknown metrics count a little, as `other`. */
export type Role =
  | 'latency'
  | 'availability'
  | 'errors'
  | 'requests'
  | 'throttling'
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'io'
  | 'storage'
  | 'connections'
  | 'queue'
  | 'cache'
  | 'certificate'
  | 'cost'
  | 'health'
  | 'access'
  | 'network'
  | 'replication'
  | 'other';

/** How a metric is read: its role, which way is worse, and how directly it can be a cause (1) or only shows one (0). */
export interface Reading {
  readonly role: Role;
  readonly worse: 1 | -1;
  readonly causal: number;
}

// First match wins. Names are those of CloudWatch and of the usual exporters; case and separators do not matter.
const READINGS: readonly (readonly [RegExp, Role, 1 | -1, number])[] = [
  [/throttl/, 'throttling', 1, 1],
  [/unauthori|accessdenied|signin|consolelogin|rootaccount|apicall|failedlogin|attempt|securitygroup|policychange/, 'access', 1, 1],
  [/daystoexpiry|certexpir/, 'certificate', -1, 1],
  [/estimatedcharges|cost|spend|resourcecount/, 'cost', 1, 1],
  [/unhealthyhost|statuscheckfailed/, 'health', 1, 0.7],
  [/healthyhost|runningtask/, 'health', -1, 0.7],
  [/evictions/, 'cache', 1, 1],
  [/hitrate|cachehits/, 'cache', -1, 0.9],
  [/cachemiss/, 'cache', 1, 0.6],
  [/replicalag|replicationlag/, 'replication', 1, 0.6],
  [/diskqueue|volumequeue/, 'queue', 1, 0.3],
  [/ageofoldest|messagesvisible|messagesnotvisible|queue|backlog|iteratorage|consumerlag/, 'queue', 1, 0.3],
  [/availab|successrate|success$/, 'availability', -1, 0],
  [/4xx/, 'errors', 1, 0],
  [/5xx|error|fault|fail|exception|reject|denied/, 'errors', 1, 0],
  [/readlatency|writelatency/, 'storage', 1, 0.75], // of one disk operation: says nothing of how long a request waited
  [/latency|duration|responsetime/, 'latency', 1, 0],
  [/activeconnection|newconnection/, 'requests', 1, 0.3],
  [/connection/, 'connections', 1, 1],
  [/freeablememory|freemem|memfree|memavailable/, 'memory', -1, 0.9],
  [/mem|swapusage|heap/, 'memory', 1, 0.9],
  [/freestorage|diskfree/, 'disk', -1, 1],
  [/diskused|diskusage|diskutil|storageused|storage$/, 'disk', 1, 1],
  [/creditbalance|burstbalance/, 'cpu', -1, 0.8],
  [/cpu|loadavg|loadaverage/, 'cpu', 1, 0.8],
  [/iops|diskio|diskread|diskwrite|volumeread|volumewrite|readops|writeops/, 'io', 1, 0.7],
  [/request|invocation|workload|throughput|^load$|^rps$|^qps$|messagessent|concurrentexecutions|consumed/, 'requests', 1, 0.3],
  [/network|bytes|packet|socket/, 'network', 1, 0.4],
];

/** How to read a metric, by its name alone. */
export function readingOf(ref: MetricRef): Reading {
  const name = ref.name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const found = READINGS.find(([pattern]) => pattern.test(name));
  return found === undefined ? { role: 'other', worse: 1, causal: 0.2 } : { role: found[1], worse: found[2], causal: found[3] };
}

const STATISTICS = ['average', 'sum', 'maximum', 'minimum', 'p50', 'p90', 'p95', 'p99'];

/** Preference among statistics of one metric: 0 is the best. Averages add up over requests; high percentiles do not. */
export function statisticRank(ref: MetricRef): number {
  const at = STATISTICS.indexOf(ref.stat.toLowerCase());
  return at < 0 ? STATISTICS.length : at;
}

/** Whether values are a share of a capacity, in per cent. */
export function isPercent(series: MetricSeries): boolean {
  return series.unit === 'Percent' || /percent|utilization/i.test(series.ref.name);
}

const SECONDS: Readonly<Record<string, number>> = { Milliseconds: 1e-3, Microseconds: 1e-6 };

/** Factor from the series' unit to seconds; 1 when the unit is seconds or unknown. */
export function toSeconds(series: MetricSeries): number {
  return SECONDS[series.unit] ?? 1;
}
