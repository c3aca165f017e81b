import type { Anomaly } from '../domain/anomaly.ts';
import { type CorrelationFinding, type Member, ResourceGroup } from './correlation.ts';
import { relatedEpisode } from './episodes.ts';
import { sayParted, sayTogether } from './sentences.ts';
import type { Watched } from './series.ts';

const ROUND_MS = 60_000; // points within one minute count as one moment
const KEY = 'related:';

const FIELDS = 5; // of a waiting point: minute, member, value, severity, 1 when it only teaches

interface Group {
  readonly state: ResourceGroup;
  readonly members: (Watched | undefined)[];
  waiting: number[]; // FIELDS numbers a point
}

/** The correlation method over all resources: gathers a tick's points by resource and minute, then runs each group once. */
export class RelatedMetrics {
  readonly #groups = new Map<string, Group>();
  readonly #busy = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #saved: Map<string, Uint8Array>;

  /** `saved`: states not taken back yet; what is taken is deleted from it. */
  constructor(saved: Map<string, Uint8Array>) {
    this.#saved = saved;
  }

  add(watched: Watched, t: number, value: number, severity: number, teach: boolean): void {
    const group = this.#group(watched.resourceId);
    const index = this.#index(group, watched);
    if (index < 0) return;
    group.waiting.push(Math.floor(t / ROUND_MS), index, value, severity, teach ? 1 : 0);
    this.#busy.add(watched.resourceId);
  }

  /** Runs the waiting rounds in order of time. `live`: the episodes known, from which an ended one is told. */
  settle(nowMs: number, live: ReadonlyMap<string, Anomaly>): readonly Anomaly[] {
    const found = new Map<string, Anomaly>();
    for (const resourceId of this.#busy) {
      const group = this.#group(resourceId);
      const waiting = group.waiting;
      group.waiting = [];
      for (const { minute, members, teach } of roundsOf(waiting)) {
        if (members.length < 2) continue;
        this.#touched.add(resourceId);
        const t = Math.min(minute * ROUND_MS, nowMs);
        for (const finding of group.state.round(t, members, teach)) {
          const anomaly = tell(group, finding, t, live);
          if (anomaly !== null) found.set(anomaly.id, anomaly);
        }
      }
    }
    this.#busy.clear();
    return [...found.values()];
  }

  /** States that changed since the last call. The bytes hold until the next round. */
  takeStates(): Map<string, Uint8Array> {
    const states = new Map([...this.#touched].map((id) => [`${KEY}${id}`, this.#group(id).state.bytes]));
    this.#touched.clear();
    return states;
  }

  #group(resourceId: string): Group {
    const known = this.#groups.get(resourceId);
    if (known !== undefined) return known;
    const group: Group = { state: new ResourceGroup(), members: [], waiting: [] };
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

interface Round {
  readonly minute: number;
  readonly members: Member[];
  teach: boolean;
}

/** The waiting points by minute, oldest first; of two points of one member in a minute the first counts. */
function roundsOf(waiting: readonly number[]): Iterable<Round> {
  const rounds = new Map<number, Round>();
  for (let at = 0; at < waiting.length; at += FIELDS) {
    const [minute = 0, index = 0, value = 0, severity = 0, teach = 0] = waiting.slice(at, at + FIELDS);
    const round = rounds.get(minute) ?? { minute, members: [], teach: false };
    rounds.set(minute, round);
    if (teach === 1) round.teach = true;
    if (round.members.every((member) => member.index !== index)) round.members.push({ index, value, severity });
  }
  return [...rounds.values()].sort((a, b) => a.minute - b.minute);
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
