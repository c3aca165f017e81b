import { explain } from '../../domain/explanation.ts';
import type { Incident } from '../../domain/incident.ts';
import { MATCH_THRESHOLD, type Pattern, type PatternMatch } from '../../domain/pattern.ts';
import type { TimeWindow } from '../../domain/ports.ts';
import type { Gap } from '../../domain/rca.ts';
import type { Topology } from '../../domain/resource.ts';
import type { SourceStatus } from '../../domain/views.ts';
import type { PastIncident, RcaContext, RcaSubject } from '../../rca/context.ts';
import type { Ops } from '../ops.ts';

const HOUR_MS = 3_600_000;
const BEFORE_MS = 6 * HOUR_MS; // of metrics: enough for a picture of normal
const LOGS_BEFORE_MS = 30 * 60_000;
const CHANGES_BEFORE_MS = 24 * HOUR_MS;
const HOPS = 4;
const LIMITS = { series: 1000, logs: 20_000, changes: 2000, anomalies: 500, past: 100 } as const;

/** What is analysed: an incident's own facts, or a resource and a time somebody named. */
export interface Question {
  readonly incident: Incident | null;
  readonly subject: RcaSubject;
  readonly matches: readonly PatternMatch[];
}

export const questionOf = (incident: Incident, nowMs: number): Question => ({
  incident,
  subject: { resourceIds: incident.resourceIds, startedAtMs: incident.startedAtMs, nowMs },
  matches: incident.matches,
});

export const logWindowOf = (subject: RcaSubject): TimeWindow => ({ fromMs: subject.startedAtMs - LOGS_BEFORE_MS, toMs: subject.nowMs });

/** Reads everything one analysis may look at, from the store and the knowledge base; what could not be read is a gap. */
export async function gather(ops: Ops, question: Question): Promise<RcaContext> {
  const { store } = ops;
  const { subject } = question;
  const topology = await store.signals.topology();
  const near = neighbourhood(topology, subject.resourceIds);
  const keys = (await store.metrics.describe()).filter((series) => near.has(series.resourceId)).slice(0, LIMITS.series);
  const window = { fromMs: subject.startedAtMs - BEFORE_MS, toMs: subject.nowMs };
  const [series, anomalies, changes, logs, patterns, pastIncidents] = await Promise.all([
    store.metrics.range(
      keys.map((one) => one.key),
      window,
    ),
    store.anomalies.between({ fromMs: subject.startedAtMs - 2 * HOUR_MS, toMs: subject.nowMs }, LIMITS.anomalies),
    store.signals.changes({ fromMs: subject.startedAtMs - CHANGES_BEFORE_MS, toMs: subject.nowMs }, LIMITS.changes),
    store.signals.logs({ window: logWindowOf(subject), limit: LIMITS.logs }),
    recordsOf(ops, question.matches),
    pastIncidentsOf(ops, question.incident),
  ]);
  const confidence = new Map(
    patterns.flatMap((pattern) => pattern.solutions.map((one): [string, number] => [`${pattern.pattern_id} ${one.action}`, one.confidence])),
  );
  return {
    incident: question.incident,
    subject,
    anomalies,
    series,
    changes,
    logs,
    topology,
    matches: question.matches.filter((match) => match.similarity >= MATCH_THRESHOLD),
    patterns,
    pastIncidents,
    posterior: (patternId, action) => confidence.get(`${patternId} ${action}`) ?? null,
    gaps: ops.collector.status().flatMap(gapOf),
    actions: ops.catalogue,
  };
}

/** Resources within a few hops of the trouble, up or down the dependencies; all of them when there is no topology to follow. */
function neighbourhood(topology: Topology, from: readonly string[]): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const { from: a, to: b } of topology.dependencies) {
    next.set(a, [...(next.get(a) ?? []), b]);
    next.set(b, [...(next.get(b) ?? []), a]);
  }
  const seen = new Set(from);
  let frontier = [...from];
  for (let hop = 0; hop < HOPS; hop += 1) {
    frontier = frontier.flatMap((id) => next.get(id) ?? []).filter((id) => !seen.has(id));
    for (const id of frontier) seen.add(id);
  }
  return seen;
}

async function recordsOf(ops: Ops, matches: readonly PatternMatch[]): Promise<readonly Pattern[]> {
  const records = await Promise.all(matches.map((match) => ops.knowledge.get(match.patternId)));
  return records.filter((record): record is Pattern => record !== null);
}

/** The current incident is among them: what was tried in it and failed is not proposed again. */
async function pastIncidentsOf(ops: Ops, current: Incident | null): Promise<readonly PastIncident[]> {
  const resolved = await ops.store.incidents.list({ states: ['resolved', 'unresolved'], limit: LIMITS.past });
  const others = resolved.filter((incident) => incident.id !== current?.id);
  return await Promise.all(
    [...(current === null ? [] : [current]), ...others].map(async (incident) => ({
      incident,
      plans: await ops.store.plans.list({ incidentId: incident.id, limit: 10 }),
    })),
  );
}

const DIMENSION = { metrics: 'resource', logs: 'resource', topology: 'resource', alarms: 'time', changes: 'change', knowledge: 'history' } as const;

function gapOf(source: SourceStatus): Gap[] {
  if (source.ok) return [];
  const reason = explain('rca.gap.source', '{kind} could not be read: {error}', { kind: source.kind, error: source.error ?? 'no answer' });
  return [{ dimension: DIMENSION[source.kind], reason }];
}
