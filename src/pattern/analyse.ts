import type { Anomaly } from '../domain/anomaly.ts';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';
import type { Resource } from '../domain/resource.ts';
import type { Change, LogLine } from '../domain/signals.ts';
import { classify } from './classify.ts';
import { plainLine } from './clean.ts';
import { LogMiner } from './templates/miner.ts';
import { kindLookup, kindName, levelWord, metricWords, symptomOf } from './wording.ts';

const TOGETHER_MS = 10 * 60_000;
const CHANGE_BEFORE_MS = 60 * 60_000;
const MOST_PATTERNS = 20;
const MOST_SYMPTOMS = 8;
const MOST_LOGS = 3;

export interface Collected {
  readonly anomalies: readonly Anomaly[];
  readonly logLines: readonly LogLine[];
  readonly changes: readonly Change[];
  readonly resources: readonly Resource[];
}

/**
 * Reads collected data as patterns (seed §3.2): what went wrong on one kind of resource at one time becomes one draft, with
 * metrics and error lines as symptoms and the changes just before as possible causes. Solutions are left to people and to the
 * outcomes of plans. `nextId` gives a free pattern id for each.
 */
export function analyse(collected: Collected, nextId: () => string): Pattern[] {
  const kindOf = kindLookup(collected.resources);
  return episodes(collected.anomalies, kindOf)
    .slice(0, MOST_PATTERNS)
    .map((episode) => draft(episode, collected, kindOf, nextId()));
}

interface Episode {
  readonly kind: string;
  readonly anomalies: readonly Anomaly[]; // worst first
  readonly startMs: number;
}
type KindOf = (id: string | null) => string;

/** Anomalies of one kind of resource that began within ten minutes of one another; the worst episode first. */
function episodes(anomalies: readonly Anomaly[], kindOf: KindOf): Episode[] {
  const open: { kind: string; anomalies: Anomaly[]; startMs: number; lastMs: number }[] = [];
  for (const anomaly of [...anomalies].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    const kind = kindOf(anomaly.resourceId);
    const episode = open.find((one) => one.kind === kind && anomaly.startedAtMs - one.lastMs <= TOGETHER_MS);
    if (episode === undefined) open.push({ kind, anomalies: [anomaly], startMs: anomaly.startedAtMs, lastMs: anomaly.startedAtMs });
    else {
      episode.anomalies.push(anomaly);
      episode.lastMs = anomaly.startedAtMs;
    }
  }
  for (const episode of open) episode.anomalies.sort((a, b) => b.severity - a.severity);
  return open.sort((a, b) => (b.anomalies[0]?.severity ?? 0) - (a.anomalies[0]?.severity ?? 0));
}

function draft(episode: Episode, collected: Collected, kindOf: KindOf, id: string): Pattern {
  const worst = episode.anomalies.find((anomaly) => anomaly.metric !== null) ?? episode.anomalies[0];
  const ids = new Set(episode.anomalies.map((anomaly) => anomaly.resourceId));
  const symptoms = [
    ...new Set([
      ...episode.anomalies.map((anomaly) => symptomOf(anomaly, episode.kind)).slice(0, MOST_SYMPTOMS),
      ...errorsOf(episode, ids, collected.logLines),
    ]),
  ];
  const causes = causesOf(episode, kindOf, collected.changes);
  const title = titleOf(episode, worst);
  return PatternSchema.parse({
    pattern_id: id,
    category: classify([title, ...symptoms, ...causes].join('\n')).category,
    title,
    description: plainLine(
      `${title}: ${symptoms.length} symptoms on ${ids.size} ${kindName(episode.kind)} ${ids.size === 1 ? 'resource' : 'resources'}.`,
      4000,
    ),
    symptoms,
    root_causes: causes,
    solutions: [],
    metadata: { occurrence_count: 1, last_seen: new Date(episode.startMs).toISOString().slice(0, 10), success_rate: null, avg_resolution_time: null },
  });
}

function titleOf(episode: Episode, worst: Anomaly | undefined): string {
  const what = worst?.metric == null ? 'Log Errors' : `${metricWords(worst.metric.name)} ${levelWord(worst)}`;
  return plainLine(`${kindName(episode.kind)} ${what}`, 200);
}

/** The commonest error templates of these resources around the start. */
function errorsOf(episode: Episode, ids: ReadonlySet<string>, lines: readonly LogLine[]): string[] {
  const miner = new LogMiner();
  const counts = new Map<number, number>();
  const near = lines.filter(
    ({ level, resourceId, timestampMs }) =>
      (level === 'error' || level === 'fatal') && resourceId !== null && ids.has(resourceId) && Math.abs(timestampMs - episode.startMs) <= CHANGE_BEFORE_MS,
  );
  for (const id of near.map((line) => miner.add(line.message)).map((id) => miner.resolve(id))) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_LOGS)
    .map(([id]) => plainLine((miner.template(id) ?? '').replaceAll('<*>', '…'), 300))
    .filter((text) => text !== '');
}

/** Changes in the hour before; the nearest first. Changes of other kinds of resources only when nothing else changed. */
function causesOf(episode: Episode, kindOf: KindOf, changes: readonly Change[]): string[] {
  const before = changes.filter(({ timestampMs }) => timestampMs <= episode.startMs && episode.startMs - timestampMs <= CHANGE_BEFORE_MS);
  const own = before.filter(({ resourceId }) => kindOf(resourceId) === episode.kind);
  return [...(own.length > 0 ? own : before)]
    .sort((a, b) => b.timestampMs - a.timestampMs)
    .slice(0, 3)
    .map((change) => plainLine(`${change.kind === 'deploy' ? 'A release' : `A change (${change.kind})`} shortly before: ${change.summary}`, 300));
}
