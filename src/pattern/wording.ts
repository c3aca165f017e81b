import type { Anomaly } from '../domain/anomaly.ts';
import type { Resource } from '../domain/resource.ts';
import { plainLine } from './clean.ts';

const KIND_NAMES: Readonly<Record<string, string>> = { elasticache: 'ElastiCache', dynamodb: 'DynamoDB', lambda: 'Lambda' };

/** Resource id → its kind; an unknown one is read from the id itself (`ecs/checkout`). */
export function kindLookup(resources: readonly Resource[]): (id: string | null) => string {
  const kinds = new Map(resources.map((resource) => [resource.id, resource.kind]));
  return (id) => (id === null ? '' : (kinds.get(id) ?? (id.includes('/') ? (id.split('/')[0] ?? '') : '')));
}

/** `rds` → RDS, `elasticache` → ElastiCache. */
export const kindName = (kind: string): string => KIND_NAMES[kind] ?? kind.toUpperCase();

/** `DatabaseConnections` → Database Connections, `mem_used_percent` → Mem Used Percent. */
export const metricWords = (name: string): string =>
  name
    .replace(/[_\s]+/g, ' ')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/\b\p{Ll}/gu, (letter) => letter.toUpperCase());

export function levelWord(anomaly: Anomaly): string {
  return { up: 'High', down: 'Low', flat: 'Stuck', missing: 'Missing' }[anomaly.direction];
}

/** One symptom line: `RDS DatabaseConnections high, at 498`, or the log template that appeared. */
export function symptomOf(anomaly: Anomaly, kind: string): string {
  if (anomaly.metric === null) return plainLine(String(anomaly.explanation.params['template'] ?? anomaly.explanation.text), 300) || 'Unknown symptom';
  const unit = anomaly.unit === 'Percent' ? ' percent' : '';
  const at = anomaly.value === null ? '' : `, at ${Number(anomaly.value.toPrecision(3))}${unit}`;
  return plainLine(`${kindName(kind)} ${anomaly.metric.name} ${levelWord(anomaly).toLowerCase()}${at}`, 300);
}
