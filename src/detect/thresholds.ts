/** A static bound on one metric, in its own unit; as in the config. `metric` is namespace/name, `*` at its end a wildcard. */
export interface Threshold {
  readonly metric: string;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly for_min: number;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
type Row = readonly [metric: string, side: 'above' | 'below', bound: number, forMin: number];

/** What holds when the config says nothing about a metric. Bounds at which a person would want to look, not targets. */
const ROWS: readonly Row[] = [
  // CPU
  ['AWS/EC2/CPUUtilization', 'above', 90, 10],
  ['AWS/ECS/CPUUtilization', 'above', 90, 5],
  ['AWS/RDS/CPUUtilization', 'above', 90, 10],
  ['AWS/ElastiCache/EngineCPUUtilization', 'above', 90, 5],
  ['AWS/EC2/CPUCreditBalance', 'below', 10, 10],
  ['AWS/EC2/StatusCheckFailed', 'above', 0, 2],
  // memory
  ['CWAgent/mem_used_percent', 'above', 92, 5],
  ['CWAgent/swap_used_percent', 'above', 60, 10],
  ['AWS/ECS/MemoryUtilization', 'above', 92, 5],
  ['AWS/RDS/FreeableMemory', 'below', 100 * MIB, 10],
  ['AWS/ElastiCache/DatabaseMemoryUsagePercentage', 'above', 90, 5],
  ['AWS/ElastiCache/Evictions', 'above', 1000, 5],
  // disk
  ['CWAgent/disk_used_percent', 'above', 90, 5],
  ['AWS/RDS/FreeStorageSpace', 'below', 2 * GIB, 5],
  ['AWS/RDS/DiskQueueDepth', 'above', 64, 5],
  ['AWS/EBS/BurstBalance', 'below', 20, 10],
  // connections
  ['AWS/RDS/DatabaseConnections', 'above', 1000, 5],
  ['AWS/ElastiCache/CurrConnections', 'above', 60_000, 5],
  ['AWS/ApplicationELB/RejectedConnectionCount', 'above', 0, 3],
  ['AWS/NATGateway/ErrorPortAllocation', 'above', 0, 3],
  // errors
  ['AWS/ApplicationELB/HTTPCode_Target_5XX_Count', 'above', 100, 5],
  ['AWS/ApplicationELB/HTTPCode_ELB_5XX_Count', 'above', 50, 5],
  ['AWS/ApplicationELB/UnHealthyHostCount', 'above', 0, 3],
  ['AWS/ApiGateway/5XXError', 'above', 100, 5],
  ['AWS/CloudFront/5xxErrorRate', 'above', 5, 5],
  ['AWS/Lambda/Errors', 'above', 50, 5],
  ['AWS/States/ExecutionsFailed', 'above', 5, 5],
  ['AWS/Route53/HealthCheckStatus', 'below', 1, 3],
  // throttles
  ['AWS/Lambda/Throttles', 'above', 5, 3],
  ['AWS/Lambda/ConcurrentExecutions', 'above', 900, 5],
  ['AWS/DynamoDB/ThrottledRequests', 'above', 5, 3],
  ['AWS/DynamoDB/SystemErrors', 'above', 5, 3],
  // latency
  ['AWS/ApplicationELB/TargetResponseTime', 'above', 2, 5], // seconds
  ['AWS/ApiGateway/Latency', 'above', 3000, 5], // ms
  ['AWS/RDS/ReadLatency', 'above', 0.1, 5], // seconds
  ['AWS/RDS/WriteLatency', 'above', 0.1, 5],
  ['AWS/RDS/ReplicaLag', 'above', 60, 5],
  // queues and streams
  ['AWS/SQS/ApproximateAgeOfOldestMessage', 'above', 900, 5], // seconds
  ['AWS/Kinesis/GetRecords.IteratorAgeMilliseconds', 'above', 600_000, 5],
  // cost and certificates
  ['AWS/Billing/EstimatedCharges', 'above', 5000, 1],
  ['AWS/CertificateManager/DaysToExpiry', 'below', 14, 1],
];

const DEFAULTS: readonly Threshold[] = ROWS.map(([metric, side, bound, for_min]) => ({ metric, [side]: bound, for_min }));

/** A threshold that holds for one series. A `default` one ends by itself when the value stays there for a day. */
export interface Bound {
  readonly above: number; // +Infinity when there is none
  readonly below: number;
  readonly forMs: number;
  readonly isDefault: boolean;
}

const matches = (pattern: string, name: string): boolean => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name);

/**
 * The bound for a metric: the config's last match, else the default, else none. `name` is namespace/name. Counts of samples and
 * minima are no level of trouble and get no default.
 */
export function boundFor(name: string, stat: string, configured: readonly Threshold[]): Bound | null {
  const own = configured.findLast(({ metric }) => matches(metric, name));
  const found = own ?? (stat === 'SampleCount' || stat === 'Minimum' ? undefined : DEFAULTS.find(({ metric }) => metric === name));
  if (found === undefined) return null;
  return {
    above: found.above ?? Number.POSITIVE_INFINITY,
    below: found.below ?? Number.NEGATIVE_INFINITY,
    forMs: found.for_min * 60_000,
    isDefault: own === undefined,
  };
}
