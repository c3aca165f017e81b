import { FilterLogEventsCommand, type FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { type OpsError, toOpsError } from '../../domain/errors.ts';
import type { Batch, Clock, LogSource, TimeWindow } from '../../domain/ports.ts';
import type { LogLine } from '../../domain/signals.ts';
import { calling, unreadable } from '../errors.ts';
import { idOfLogGroup } from '../names.ts';
import { inParallel } from '../pace.ts';
import { isAt, type Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { searchInsights } from './insights.ts';
import { isTooLong, lineOf } from './lines.ts';

export interface Group {
  readonly name: string;
  readonly filter: string;
  readonly resourceId: string | null;
  /** The config names no place for it: that it is not in this one is no trouble. */
  readonly mayBeElsewhere: boolean;
}

interface Tail {
  readonly lines: readonly LogLine[];
  readonly untilMs: number;
  readonly gaps: readonly string[];
}

const GROUPS_AT_ONCE = 3;
const LINES_A_READ = 10_000; // of one group
const MOST_PAGES = 40; // pages may be empty
const ABSENT_MS = 15 * 60_000; // a group that is not here is looked for again so often

/** The log groups that a scope may have: those that name it, and those that name no place. */
export function groupsAt(scope: Pick<Scope, 'account' | 'region' | 'suffix'>, settings: Pick<AwsSettings, 'logs'>): Group[] {
  return settings.logs.flatMap(({ group, filter, resource, ...place }) => {
    const everywhere = place.account === undefined && place.region === undefined;
    if (!everywhere && !isAt(place, scope)) return [];
    const known = idOfLogGroup(group);
    const resourceId = resource ?? (known === null ? null : `${known}${scope.suffix}`);
    return [{ name: group, filter, resourceId, mayBeElsewhere: everywhere && scope.suffix !== '' }];
  });
}

/** The configured log groups of one scope: their new lines every minute, and a search through Logs Insights. */
export class CloudWatchLogs implements LogSource {
  readonly name: string;
  readonly #scope: Scope;
  readonly #groups: readonly Group[];
  readonly #settings: AwsSettings;
  readonly #clock: Clock;
  readonly #absentAtMs = new Map<string, number>();

  constructor(scope: Scope, settings: AwsSettings, clock: Clock) {
    this.name = `CloudWatch Logs ${scope.label}`;
    this.#scope = scope;
    this.#settings = settings;
    this.#clock = clock;
    this.#groups = groupsAt(scope, settings);
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<LogLine>> {
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps: [] };
    const errors: OpsError[] = [];
    const groups = this.#present();
    const parts = await inParallel(groups, GROUPS_AT_ONCE, (group) =>
      this.#tail(group, window, signal).catch((thrown: unknown): Tail => {
        const nothing = { lines: [], untilMs: window.toMs };
        const error = toOpsError(thrown);
        if (error.code === 'not_found' && group.mayBeElsewhere) {
          this.#absentAtMs.set(group.name, this.#clock.now());
          return { ...nothing, gaps: [] };
        }
        errors.push(error);
        return { ...nothing, gaps: [error.message] };
      }),
    );
    const [first] = errors;
    if (first !== undefined && errors.length === groups.length) throw unreadable(first);
    const completeUntilMs = Math.min(window.toMs, ...parts.map((part) => part.untilMs));
    const items = parts.flatMap((part) => part.lines).filter((line) => line.timestampMs <= completeUntilMs);
    return { items, completeUntilMs, gaps: parts.flatMap((part) => part.gaps) };
  }

  /** All groups but those that were not here a little while ago. */
  #present(): readonly Group[] {
    const nowMs = this.#clock.now();
    return this.#groups.filter(({ name }) => Math.abs(nowMs - (this.#absentAtMs.get(name) ?? Number.NEGATIVE_INFINITY)) >= ABSENT_MS);
  }

  async search(
    query: { readonly text: string; readonly resourceIds: readonly string[]; readonly window: TimeWindow; readonly limit: number },
    signal: AbortSignal,
  ): Promise<Batch<LogLine>> {
    const groups = this.#present().filter(
      ({ resourceId }) => query.resourceIds.length === 0 || (resourceId !== null && query.resourceIds.includes(resourceId)),
    );
    if (groups.length === 0) return { items: [], completeUntilMs: query.window.toMs, gaps: [] };
    return await searchInsights(this.#scope, groups, query, this.#settings.insights, signal);
  }

  /** Lines of one group, oldest first. A flood is cut at a moment, from which the next read goes on. */
  async #tail(group: Group, window: TimeWindow, abortSignal: AbortSignal): Promise<Tail> {
    const lines = new Map<string, LogLine>();
    const cut = new Set<string>();
    const cuts = (): string[] =>
      cut.size === 0 ? [] : [`${cut.size} lines of ${group.name} in ${this.#scope.label} were too long; their ends were not kept.`];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await this.#page(group, window, token, abortSignal);
      for (const { eventId, timestamp, message = '' } of answer.events ?? []) {
        if (timestamp === undefined || timestamp <= window.fromMs || timestamp > window.toMs) continue;
        const line = lineOf({ id: eventId ?? `${timestamp} ${message}`, timestampMs: timestamp, message }, group.name, group.resourceId);
        lines.set(line.id, line);
        if (isTooLong(message)) cut.add(line.id);
      }
      token = answer.nextToken;
      if (token === undefined) return { lines: [...lines.values()], untilMs: window.toMs, gaps: cuts() };
      if (lines.size >= LINES_A_READ) break;
    }
    const read = [...lines.values()].sort((a, b) => a.timestampMs - b.timestampMs);
    const lastMs = read.at(-1)?.timestampMs ?? window.toMs;
    const firstMs = read[0]?.timestampMs ?? window.fromMs;
    // All lines of the last millisecond may not have come yet, unless there is nothing before it.
    const untilMs = lastMs > firstMs ? lastMs - 1 : lastMs;
    const behind = `${group.name} in ${this.#scope.label} writes more than ${LINES_A_READ} lines a read; reading falls behind. Narrow its filter.`;
    return { lines: read, untilMs, gaps: [behind, ...cuts()] };
  }

  async #page(group: Group, window: TimeWindow, nextToken: string | undefined, abortSignal: AbortSignal): Promise<FilterLogEventsCommandOutput> {
    const query = { logGroupName: group.name, startTime: window.fromMs + 1, endTime: window.toMs, nextToken };
    const filter = group.filter === '' ? {} : { filterPattern: group.filter };
    return await calling(this.#scope, 'logs:FilterLogEvents', () =>
      this.#scope.read.logs.send(new FilterLogEventsCommand({ ...query, ...filter }), { abortSignal }),
    );
  }
}
