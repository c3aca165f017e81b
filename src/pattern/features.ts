import type { Pattern } from '../domain/pattern.ts';

/** What tells one pattern from another (seed §3.2): the text to embed, and plain features for filters and merging. */
export interface PatternFeatures {
  readonly text: string;
  readonly services: readonly string[]; // ec2, rds, …
  readonly metrics: readonly string[]; // CPUUtilization, disk_used_percent, …
  readonly errors: readonly string[]; // error names and codes: NoSuchKey, 503, …
  readonly actions: readonly string[];
}

const SERVICES: readonly (readonly [string, RegExp])[] = [
  ['ec2', /\bec2\b|\binstances?\b|实例/i],
  ['rds', /\brds\b|\baurora\b|\bdatabase\b|数据库/i],
  ['lambda', /\blambda\b|函数/i],
  ['alb', /\balb\b|\belb\b|load balancer|target group|负载均衡/i],
  ['ecs', /\becs\b|\bfargate\b/i],
  ['eks', /\beks\b|kubernetes|\bpods?\b/i],
  ['dynamodb', /dynamo/i],
  ['s3', /\bs3\b|\bbucket/i],
  ['sqs', /\bsqs\b|\bqueue|队列/i],
  ['elasticache', /elasticache|\bredis\b|\bcache\b|缓存/i],
  ['ebs', /\bebs\b|\bvolumes?\b|snapshot|磁盘|快照/i],
  ['vpc', /\bvpc\b|\bnat\b|subnet|security group|安全组/i],
  ['iam', /\biam\b|access key|\broles?\b|密钥/i],
  ['acm', /\bacm\b|certificate|证书/i],
];
const METRIC = /\b(?:[A-Z][a-z0-9]+(?:_?[A-Z][A-Za-z0-9]*)+|[a-z]+(?:_[a-z]+)*_percent|[A-Z]{2,}[a-z]+[A-Za-z]*)\b/g;
const ERROR = /\b(?:[A-Z][A-Za-z]*(?:Exception|Error|Failed|Exceeded|Denied|BackOff)|[45]\d\d|E[A-Z]{4,})\b/g;

export function extractFeatures(pattern: Pattern): PatternFeatures {
  const text = [pattern.title, pattern.description, ...pattern.symptoms, ...pattern.root_causes].join('\n');
  const errors = unique(text.match(ERROR));
  return {
    text,
    services: SERVICES.filter(([, sign]) => sign.test(text)).map(([name]) => name),
    metrics: unique(text.match(METRIC)).filter((name) => !errors.includes(name)),
    errors,
    actions: pattern.solutions.map(({ action }) => action),
  };
}

const unique = (found: readonly string[] | null): string[] => [...new Set(found ?? [])].slice(0, 50);
