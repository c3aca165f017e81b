import { createHash } from 'node:crypto';
import type { Anomaly } from '../../domain/anomaly.ts';
import { explain } from '../../domain/explanation.ts';
import { seriesKey } from '../../domain/metric.ts';
import type { Resource } from '../../domain/resource.ts';
import type { Alarm } from '../../domain/signals.ts';
import type { SeriesInfo } from '../../domain/store.ts';

const USUAL_SEVERITY = 0.8; // somebody thought it worth an alarm

/** What is known of alarm episodes: those that go on, and when those of each key ended last. */
export interface KnownEpisodes {
  readonly live: ReadonlyMap<string, Anomaly>;
  readonly endedAtMs: ReadonlyMap<string, number>;
}

/**
 * Alarm state changes as anomalies of method `alarm`: one episode from `alarm` to `ok`, whatever order they came in. A repeated
 * alarm prolongs its episode; one older than what is known of its key changes nothing; `insufficient_data` neither begins nor ends.
 */
export function alarmEpisodes(alarms: readonly Alarm[], known: KnownEpisodes, resourceOf: (alarm: Alarm) => string): readonly Anomaly[] {
  const live = new Map(known.live);
  const endedAtMs = new Map(known.endedAtMs);
  const changed = new Map<string, Anomaly>();
  const tell = (anomaly: Anomaly): void => void changed.set(anomaly.id, anomaly);
  for (const alarm of alarms.toSorted((a, b) => a.timestampMs - b.timestampMs)) {
    const key = alarmKey(alarm);
    const episode = live.get(key);
    if (alarm.state === 'alarm' && episode === undefined && alarm.timestampMs > (endedAtMs.get(key) ?? Number.NEGATIVE_INFINITY)) {
      const begun = begin(alarm, key, resourceOf(alarm));
      live.set(key, begun);
      tell(begun);
    } else if (alarm.state === 'alarm' && episode !== undefined && alarm.timestampMs >= episode.lastSeenAtMs) {
      const on = { ...episode, lastSeenAtMs: alarm.timestampMs, severity: Math.max(episode.severity, alarm.severity ?? 0), explanation: sayAlarm(alarm) };
      live.set(key, on);
      tell(on);
    } else if (alarm.state === 'ok') {
      endedAtMs.set(key, Math.max(alarm.timestampMs, endedAtMs.get(key) ?? 0));
      if (episode === undefined || alarm.timestampMs < episode.lastSeenAtMs) continue;
      live.delete(key);
      tell({ ...episode, lastSeenAtMs: alarm.timestampMs, endedAtMs: alarm.timestampMs });
    }
  }
  return [...changed.values()];
}

function begin(alarm: Alarm, key: string, resourceId: string): Anomaly {
  const hash = createHash('sha256').update(`${key}\n${alarm.timestampMs}`).digest('hex').slice(0, 24);
  return {
    id: `al-${hash}`, // the same when it is read again after a crash
    key,
    metric: alarm.metric,
    resourceId,
    unit: 'None',
    method: 'alarm',
    severity: alarm.severity ?? USUAL_SEVERITY,
    direction: 'up',
    value: null,
    expected: null,
    startedAtMs: alarm.timestampMs,
    lastSeenAtMs: alarm.timestampMs,
    endedAtMs: null,
    explanation: sayAlarm(alarm),
    forecast: null,
    incidentId: null,
  };
}

/** What tells one alarm from another: its name, and its resource where it names one. */
const alarmKey = ({ name, resourceId }: Pick<Alarm, 'name' | 'resourceId'>): string => `alarm:${name}${resourceId === null ? '' : `@${resourceId}`}`;

const sayAlarm = ({ name, reason }: Alarm) =>
  explain('detect.alarm', 'The alarm {name} went off: {reason}', { name, reason: reason === '' ? 'no reason given' : reason });

/**
 * Which resource an alarm is about: the one it names, the one whose metric it watches, or the one that has a name from its
 * dimensions. An alarm that fits nothing stands for itself.
 */
export function resourceFinder(resources: readonly Resource[], series: readonly SeriesInfo[]): (alarm: Alarm) => string {
  const ids = new Set(resources.map((resource) => resource.id));
  const byName = new Map<string, string | null>(); // null: several have it
  for (const { id, name } of resources) byName.set(name, byName.has(name) ? null : id);
  const byMetric = new Map(series.map((one) => [metricKey(one.ref), one.resourceId]));
  return ({ name, resourceId, metric }) => {
    if (resourceId !== null) return ids.has(resourceId) ? resourceId : (byName.get(resourceId) ?? resourceId);
    const watched = metric === null ? undefined : byMetric.get(metricKey(metric));
    if (watched !== undefined && watched !== '') return watched;
    const named = Object.values(metric?.dimensions ?? {}).flatMap((value) => byName.get(value) ?? []);
    return named[0] ?? `alarm/${name}`.slice(0, 300);
  };
}

const metricKey = (ref: SeriesInfo['ref']): string => seriesKey({ ...ref, stat: '' });
