import type { Incident } from '../domain/incident.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { Plan } from '../domain/plan.ts';
import type { WeekView } from '../domain/views.ts';
import type { Ops } from './ops.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const DAYS = 14; // of the picture
const MOST = 2000;
const LOSS = 0.05; // a confidence that fell by so much is told

/** The last seven days in figures: what happened, what healed and how fast, what was learned. */
export async function weekView(ops: Ops, nowMs: number): Promise<WeekView> {
  const fromMs = nowMs - WEEK_MS;
  const [recent, plans, patterns, before] = await Promise.all([
    ops.store.incidents.list({ limit: MOST }),
    ops.store.plans.list({ states: ['succeeded'], limit: MOST }),
    ops.knowledge.list(),
    snapshot(ops),
  ]);
  const incidents = recent.filter((one) => one.openedAtMs >= fromMs && one.openedAtMs <= nowMs);
  return {
    fromMs,
    toMs: nowMs,
    ...countsOf(incidents, healers(plans)),
    incidentsBefore: recent.filter((one) => one.openedAtMs >= fromMs - WEEK_MS && one.openedAtMs < fromMs).length,
    noisiest: noisiest(incidents),
    days: days(recent, nowMs),
    ...changed(before, patterns),
  };
}

/** The plan that healed an incident, by the incident. */
function healers(plans: readonly Plan[]): ReadonlyMap<string, Plan> {
  return new Map(plans.flatMap((plan) => (plan.incidentId === null ? [] : [[plan.incidentId, plan] as const])));
}

function countsOf(incidents: readonly Incident[], healedBy: ReadonlyMap<string, Plan>) {
  const loud = incidents.filter((one) => one.state !== 'silenced');
  const ended = (resolution: Incident['resolution']): Incident[] => loud.filter((one) => one.state === 'resolved' && one.resolution === resolution);
  const fixed = ended('fixed');
  const alone = fixed.filter((one) => {
    const plan = healedBy.get(one.id);
    return plan !== undefined && plan.approvals.length === 0 && plan.requestedBy.type === 'system';
  });
  const heal = loud.flatMap((one) => (one.resolvedAtMs === null ? [] : [one.resolvedAtMs - one.startedAtMs]));
  return {
    incidents: loud.length,
    silenced: incidents.length - loud.length,
    healedAlone: alone.length,
    healedWithPeople: fixed.length - alone.length,
    recovered: ended('recovered').length,
    falseAlarms: ended('false_alarm').length,
    stillOpen: loud.filter((one) => one.state !== 'resolved').length,
    detectMs: median(loud.map((one) => one.openedAtMs - one.startedAtMs)),
    healMs: median(heal),
  };
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function noisiest(incidents: readonly Incident[]): WeekView['noisiest'] {
  const counts = new Map<string, number>();
  for (const { service } of incidents) if (service !== null) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts]
    .map(([service, n]) => ({ service, n }))
    .sort((a, b) => b.n - a.n)
    .slice(0, 3);
}

function days(incidents: readonly Incident[], nowMs: number): WeekView['days'] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS }, (_, index) => {
    const dayMs = today - (DAYS - 1 - index) * DAY_MS;
    const opened = incidents.filter((one) => one.openedAtMs >= dayMs && one.openedAtMs < dayMs + DAY_MS && one.state !== 'silenced');
    const healed = opened.filter((one) => one.resolution === 'fixed').length;
    const noise = opened.filter((one) => one.resolution === 'false_alarm').length;
    return { dayMs, healed, noise, other: opened.length - healed - noise };
  });
}

const SNAPSHOT = 'week:patterns';
type Snapshot = Readonly<Record<string, number>>;

async function snapshot(ops: Ops): Promise<Snapshot | null> {
  const text = await ops.store.settings.get(SNAPSHOT);
  return text === null ? null : (JSON.parse(text) as Snapshot);
}

/** How sure each pattern is of its best solution; the next digest compares with it. */
export async function keepSnapshot(ops: Ops, nowMs: number): Promise<void> {
  const patterns = await ops.knowledge.list();
  await ops.store.settings.set(SNAPSHOT, JSON.stringify(Object.fromEntries(patterns.map((one) => [one.pattern_id, sureness(one)]))), nowMs);
}

const sureness = (pattern: Pattern): number => Math.max(0, ...pattern.solutions.map((one) => one.confidence));

/** Patterns that are new since the last digest, and those that lost confidence. Without a last digest there are none. */
function changed(before: Snapshot | null, patterns: readonly Pattern[]): Pick<WeekView, 'learned' | 'losing'> {
  if (before === null) return { learned: [], losing: [] };
  const named = ({ pattern_id: patternId, title }: Pattern) => ({ patternId, title });
  const learned = patterns.filter((one) => before[one.pattern_id] === undefined).map(named);
  const losing = patterns.flatMap((one) => {
    const was = before[one.pattern_id];
    return was !== undefined && was - sureness(one) >= LOSS ? [{ ...named(one), before: was, after: sureness(one) }] : [];
  });
  return { learned: learned.slice(0, 10), losing: losing.slice(0, 10) };
}
