import type { Anomaly } from '../domain/anomaly.ts';
import { type CorrelationFinding, ResourceGroup } from './correlation.ts';
import { relatedEpisode } from './episodes.ts';
import { sayParted, sayTogether } from './sentences.ts';
import type { Watched } from './series.ts';
import { WaitingPoints } from './waiting.ts';

const ROUND_MS = 60_000; // points within one minute count as one moment
const KEY = 'related:';
/** Whether a key of a saved state is that of a resource, not of a series. */
export const isRelated = (key: string): boolean => key.startsWith(KEY);

interface Group {
  readonly resourceId: string;
  readonly state: ResourceGroup;
  readonly members: (Watched | undefined)[];
  first: number; // its oldest waiting point, -1 when there is none
  last: number;
  touched: boolean; // since its state was last taken
}

/** The correlation method over all resources: gathers a tick's points by resource and minute, then runs each group once. */
export class RelatedMetrics {
  readonly #groups = new Map<string, Group>();
  readonly #waiting = new WaitingPoints();
  readonly #saved = new Map<string, Uint8Array>(); // what has not been taken back yet
  #busy: Group[] = [];
  #touched: Group[] = [];

  /** `saved`: states as they were taken, among others. */
  constructor(saved: ReadonlyMap<string, Uint8Array>) {
    for (const [key, state] of saved) if (isRelated(key)) this.#saved.set(key, state);
  }

  add(watched: Watched, t: number, value: number, severity: number, teach: boolean): void {
    const group = this.#group(watched.resourceId);
    const index = this.#index(group, watched);
    if (index < 0) return;
    const place = this.#waiting.add(group.last, Math.floor(t / ROUND_MS), index, value, severity, teach);
    group.last = place;
    if (group.first >= 0) return;
    group.first = place;
    this.#busy.push(group);
  }

  /** Runs the waiting rounds in order of time. `live`: the episodes known, from which an ended one is told. */
  settle(nowMs: number, live: ReadonlyMap<string, Anomaly>): readonly Anomaly[] {
    const found = new Map<string, Anomaly>();
    for (const group of this.#busy) {
      for (const { minute, members, teach } of this.#waiting.rounds(group.first)) {
        if (members.length < 2) continue;
        this.#touch(group);
        const t = Math.min(minute * ROUND_MS, nowMs);
        for (const finding of group.state.round(t, members, teach)) {
          const anomaly = tell(group, finding, t, live);
          if (anomaly !== null) found.set(anomaly.id, anomaly);
        }
      }
      group.first = -1;
      group.last = -1;
    }
    this.#busy = [];
    this.#waiting.clear();
    return [...found.values()];
  }

  /** States that changed since the last call, each with its key. The bytes hold until the next round. */
  *takeStates(): Generator<readonly [string, Uint8Array]> {
    const touched = this.#touched;
    this.#touched = [];
    for (const group of touched) {
      group.touched = false;
      yield [`${KEY}${group.resourceId}`, group.state.bytes];
    }
  }

  #touch(group: Group): void {
    if (group.touched) return;
    group.touched = true;
    this.#touched.push(group);
  }

  #group(resourceId: string): Group {
    const known = this.#groups.get(resourceId);
    if (known !== undefined) return known;
    const group: Group = { resourceId, state: new ResourceGroup(), members: [], first: -1, last: -1, touched: false };
    const saved = this.#saved.get(`${KEY}${resourceId}`);
    if (saved !== undefined) group.state.restore(saved);
    this.#saved.delete(`${KEY}${resourceId}`);
    this.#groups.set(resourceId, group);
    return group;
  }

  #index(group: Group, watched: Watched): number {
    const known = group.members.indexOf(watched);
    if (known >= 0) return known;
    const index = group.state.indexOf(watched.number);
    if (index >= 0) group.members[index] = watched;
    return index;
  }
}

function tell(group: Group, finding: CorrelationFinding, t: number, live: ReadonlyMap<string, Anomaly>): Anomaly | null {
  const suffix = finding.type === 'parted' ? `c${finding.a}${finding.b}.` : 't';
  const indexes = finding.type === 'parted' ? [finding.a, finding.b] : finding.members;
  const members = indexes.flatMap((index) => group.members[index] ?? []);
  const resourceId = group.members.find((member) => member !== undefined)?.resourceId;
  const tail = `-${suffix}${finding.originMs.toString(36)}`;
  const before = [...live.values()].find((anomaly) => anomaly.resourceId === resourceId && anomaly.id.endsWith(tail));
  if (finding.ended) return before === undefined ? null : { ...before, lastSeenAtMs: t, endedAtMs: t };
  const [first, second] = members;
  if (first === undefined || second === undefined) return null;
  const words = finding.type === 'parted' ? sayParted(first.ref.name, second.ref.name) : sayTogether(first.ref.name, members.length);
  if (before !== undefined) return { ...before, severity: Math.max(before.severity, finding.severity), lastSeenAtMs: t, endedAtMs: null };
  return relatedEpisode(first, suffix, finding.originMs, t, finding.severity, words);
}
