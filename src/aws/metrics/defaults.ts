/**
 * Which metrics of a namespace are worth asking for every minute, and by which dimensions (the other combinations that
 * CloudWatch lists are sums of the same). `dimensions`: exactly these; with `more` any further ones.
 */
export interface DefaultMetric {
  readonly name: string;
  readonly stat: string;
  readonly unit: string;
  readonly dimensions: readonly string[];
  readonly more?: true;
}

const rows = (dimensions: readonly string[], list: readonly (readonly [name: string, stat: string, unit: string])[]): DefaultMetric[] =>
  list.map(([name, stat, unit]) => ({ name, stat, unit, dimensions }));

export const DEFAULT_METRICS: Readonly<Record<string, readonly DefaultMetric[]>> = {
  'AWS/EC2': rows(
    ['InstanceId'],
    [
      ['CPUUtilization', 'Average', 'Percent'],
      ['NetworkIn', 'Average', 'Bytes'],
      ['NetworkOut', 'Average', 'Bytes'],
      ['StatusCheckFailed', 'Maximum', 'Count'],
      ['CPUCreditBalance', 'Average', 'Count'],
    ],
  ),
  CWAgent: [
    { name: 'mem_used_percent', stat: 'Average', unit: 'Percent', dimensions: ['InstanceId'], more: true },
    { name: 'disk_used_percent', stat: 'Average', unit: 'Percent', dimensions: ['InstanceId', 'path'], more: true },
    { name: 'swap_used_percent', stat: 'Average', unit: 'Percent', dimensions: ['InstanceId'], more: true },
  ],
  'AWS/RDS': rows(
    ['DBInstanceIdentifier'],
    [
      ['CPUUtilization', 'Average', 'Percent'],
      ['DatabaseConnections', 'Average', 'Count'],
      ['FreeableMemory', 'Average', 'Bytes'],
      ['FreeStorageSpace', 'Average', 'Bytes'],
      ['ReadIOPS', 'Average', 'Count/Second'],
      ['WriteIOPS', 'Average', 'Count/Second'],
      ['ReadLatency', 'Average', 'Seconds'],
      ['WriteLatency', 'Average', 'Seconds'],
      ['DiskQueueDepth', 'Average', 'Count'],
      ['ReplicaLag', 'Maximum', 'Seconds'],
    ],
  ),
  'AWS/Lambda': rows(
    ['FunctionName'],
    [
      ['Invocations', 'Sum', 'Count'],
      ['Errors', 'Sum', 'Count'],
      ['Throttles', 'Sum', 'Count'],
      ['Duration', 'Average', 'Milliseconds'],
      ['ConcurrentExecutions', 'Maximum', 'Count'],
    ],
  ),
  'AWS/ApplicationELB': [
    ...rows(
      ['LoadBalancer'],
      [
        ['RequestCount', 'Sum', 'Count'],
        ['TargetResponseTime', 'Average', 'Seconds'],
        ['HTTPCode_Target_5XX_Count', 'Sum', 'Count'],
        ['HTTPCode_ELB_5XX_Count', 'Sum', 'Count'],
        ['RejectedConnectionCount', 'Sum', 'Count'],
      ],
    ),
    ...rows(
      ['LoadBalancer', 'TargetGroup'],
      [
        ['UnHealthyHostCount', 'Maximum', 'Count'],
        ['HTTPCode_Target_5XX_Count', 'Sum', 'Count'],
      ],
    ),
  ],
  'AWS/NetworkELB': [
    ...rows(
      ['LoadBalancer'],
      [
        ['NewFlowCount', 'Sum', 'Count'],
        ['ActiveFlowCount', 'Average', 'Count'],
        ['TCP_Target_Reset_Count', 'Sum', 'Count'],
      ],
    ),
    ...rows(['LoadBalancer', 'TargetGroup'], [['UnHealthyHostCount', 'Maximum', 'Count']]),
  ],
  'AWS/ECS': rows(
    ['ClusterName', 'ServiceName'],
    [
      ['CPUUtilization', 'Average', 'Percent'],
      ['MemoryUtilization', 'Average', 'Percent'],
    ],
  ),
  'AWS/DynamoDB': rows(
    ['TableName'],
    [
      ['ConsumedReadCapacityUnits', 'Sum', 'Count'],
      ['ConsumedWriteCapacityUnits', 'Sum', 'Count'],
      ['ReadThrottleEvents', 'Sum', 'Count'],
      ['WriteThrottleEvents', 'Sum', 'Count'],
    ],
  ),
  'AWS/SQS': rows(
    ['QueueName'],
    [
      ['ApproximateNumberOfMessagesVisible', 'Average', 'Count'],
      ['ApproximateAgeOfOldestMessage', 'Maximum', 'Seconds'],
      ['NumberOfMessagesSent', 'Sum', 'Count'],
    ],
  ),
  'AWS/ElastiCache': rows(
    ['CacheClusterId'],
    [
      ['EngineCPUUtilization', 'Average', 'Percent'],
      ['DatabaseMemoryUsagePercentage', 'Average', 'Percent'],
      ['Evictions', 'Sum', 'Count'],
      ['CurrConnections', 'Average', 'Count'],
      ['CacheMisses', 'Sum', 'Count'],
      ['CacheHits', 'Sum', 'Count'],
    ],
  ),
  'AWS/EBS': rows(['VolumeId'], [['BurstBalance', 'Average', 'Percent']]),
  'AWS/NATGateway': rows(['NatGatewayId'], [['ErrorPortAllocation', 'Sum', 'Count']]),
  'AWS/CertificateManager': rows(['CertificateArn'], [['DaysToExpiry', 'Minimum', 'Count']]),
  'AWS/Billing': rows(['Currency'], [['EstimatedCharges', 'Maximum', 'None']]),
};
