import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type OpsError, toOpsError } from '../../domain/errors.ts';
import type { Batch, LogSource, TimeWindow } from '../../domain/ports.ts';
import type { LogLine } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import { idOfLogGroup } from '../names.ts';
import { inParallel } from '../pace.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { searchInsights } from './insights.ts';
import { lineOf } from './lines.ts';

export interface Group {
  readonly name: string;
  readonly filter: string;
  readonly resourceId: string | null;
}

const GROUPS_AT_ONCE = 3;
const LINES_A_READ = 10_000; // of one group
const MOST_PAGES = 40; // pages may be empty

/** The configured log groups of the home scope: their new lines every minute, and a search through Logs Insights. */
export class CloudWatchLogs implements LogSource {
  readonly name: string;
  readonly #scope: Scope;
  readonly #groups: readonly Group[];
  readonly #settings: AwsSettings;

  constructor(scope: Scope, settings: AwsSettings) {
    this.name = `CloudWatch Logs ${scope.label}`;
    this.#scope = scope;
    this.#settings = settings;
    this.#groups = settings.logs.map(({ group, filter, resource }) => ({ name: group, filter, resourceId: resource ?? idOfLogGroup(group) }));
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<LogLine>> {
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps: [] };
    const errors: OpsError[] = [];
    const parts = await inParallel(this.#groups, GROUPS_AT_ONCE, (group) =>
      this.#tail(group, window, signal).catch((thrown: unknown) => {
        errors.push(toOpsError(thrown));
        return { lines: [], untilMs: window.toMs, gap: toOpsError(thrown).message };
      }),
    );
    const [first] = errors;
    if (first !== undefined && errors.length === this.#groups.length) throw first;
    const completeUntilMs = Math.min(window.toMs, ...parts.map((part) => part.untilMs));
    const items = parts.flatMap((part) => part.lines).filter((line) => line.timestampMs <= completeUntilMs);
    return { items, completeUntilMs, gaps: parts.flatMap((part) => (part.gap === null ? [] : [part.gap])) };
  }

  async search(
    query: { readonly text: string; readonly resourceIds: readonly string[]; readonly window: TimeWindow; readonly limit: number },
    signal: AbortSignal,
  ): Promise<Batch<LogLine>> {
    const groups = this.#groups.filter(({ resourceId }) => query.resourceIds.length === 0 || (resourceId !== null && query.resourceIds.includes(resourceId)));
    if (groups.length === 0) return { items: [], completeUntilMs: query.window.toMs, gaps: [] };
    return await searchInsights(this.#scope, groups, query, this.#settings.insights, signal);
  }

  /** Lines of one group, oldest first. A flood is cut at a moment, from which the next read goes on. */
  async #tail(group: Group, window: TimeWindow, abortSignal: AbortSignal): Promise<{ lines: LogLine[]; untilMs: number; gap: string | null }> {
    const lines = new Map<string, LogLine>();
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await reading(this.#scope, 'logs:FilterLogEvents', () =>
        this.#scope.read.logs.send(
          new FilterLogEventsCommand({
            logGroupName: group.name,
            startTime: window.fromMs + 1,
            endTime: window.toMs,
            nextToken: token,
            ...(group.filter === '' ? {} : { filterPattern: group.filter }),
          }),
          { abortSignal },
        ),
      );
      for (const { eventId, timestamp, message } of answer.events ?? []) {
        if (timestamp === undefined || timestamp <= window.fromMs || timestamp > window.toMs) continue;
        const line = lineOf({ id: eventId ?? `${timestamp} ${message}`, timestampMs: timestamp, message: message ?? '' }, group.name, group.resourceId);
        lines.set(line.id, line);
      }
      token = answer.nextToken;
      if (token === undefined) return { lines: [...lines.values()], untilMs: window.toMs, gap: null };
      if (lines.size >= LINES_A_READ) break;
    }
    const read = [...lines.values()].sort((a, b) => a.timestampMs - b.timestampMs);
    const lastMs = read.at(-1)?.timestampMs ?? window.toMs;
    const firstMs = read[0]?.timestampMs ?? window.fromMs;
    // All lines of the last millisecond may not have come yet, unless there is nothing before it.
    const untilMs = lastMs > firstMs ? lastMs - 1 : lastMs;
    return {
      lines: read,
      untilMs,
      gap: `${group.name} in ${this.#scope.label} writes more than ${LINES_A_READ} lines a read; reading falls behind. Narrow its filter.`,
    };
  }
}
