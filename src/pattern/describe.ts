import type { Anomaly } from '../domain/anomaly.ts';
import type { Resource } from '../domain/resource.ts';
import type { LogLine } from '../domain/signals.ts';
import { kindPhrase, metricPhrase } from './metric-phrases.ts';
import { LogMiner } from './templates/miner.ts';
import { kindLookup } from './wording.ts';

const MOST_ANOMALIES = 8;
const MOST_TEMPLATES = 4;
const MOST_LINE = 200;

/** What a direction means in words a pattern would use. */
const DIRECTIONS: Readonly<Record<Anomaly['direction'], string>> = { up: 'high', down: 'low', flat: 'flat, not changing', missing: 'no data' };

/**
 * An incident as a text to look patterns up by: what is out of line on which kind of thing, worst first, then the commonest error
 * lines ("RDS database DatabaseConnections high. ECS service log: too many connections"). Names of single resources are left out: they say nothing
 * about the kind of problem.
 */
export function describeTrouble(anomalies: readonly Anomaly[], resources: readonly Resource[], errorLines: readonly LogLine[]): string {
  const kinds = kindLookup(resources);
  const kindOf = (id: string | null): string => kindPhrase(kinds(id));
  const ranked = [...anomalies].sort((a, b) => b.severity - a.severity || a.startedAtMs - b.startedAtMs);
  const sentences = new Set(ranked.map((anomaly) => sentenceOf(anomaly, kindOf(anomaly.resourceId))));
  return [...[...sentences].slice(0, MOST_ANOMALIES), ...commonest(errorLines, kindOf)].join('. ');
}

function sentenceOf(anomaly: Anomaly, kind: string): string {
  if (anomaly.method === 'log') return `${kind}: ${anomaly.explanation.params['template'] ?? anomaly.explanation.text}`.slice(0, MOST_LINE);
  if (anomaly.metric === null) return `${kind} ${anomaly.explanation.text}`.slice(0, MOST_LINE);
  const level = anomaly.unit === 'Percent' && anomaly.value !== null ? ` ${Math.round(anomaly.value)} %` : '';
  const soon = anomaly.forecast === null ? '' : ', soon at its limit';
  return `${kind} ${metricPhrase(anomaly.metric, anomaly.direction, DIRECTIONS[anomaly.direction])}${level}${soon}`;
}

/** Error lines grouped by template, with the variable parts left out. */
function commonest(lines: readonly LogLine[], kindOf: (id: string | null) => string): string[] {
  const miner = new LogMiner();
  const counts = new Map<string, number>();
  const groups = lines.map((line) => ({ kind: kindOf(line.resourceId), id: miner.add(line.message) }));
  for (const { kind, id } of groups) {
    const text = `${kind} log: ${miner.template(id) ?? ''}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_TEMPLATES)
    .map(([text]) => text.replaceAll('<*>', ' ').replace(/\s+/g, ' ').slice(0, MOST_LINE));
}
