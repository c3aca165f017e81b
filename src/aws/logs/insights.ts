import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueryResultsCommand, type ResultField, StartQueryCommand, StopQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Batch, TimeWindow } from '../../domain/ports.ts';
import type { LogLine } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { lineOf } from './lines.ts';
import type { Group } from './source.ts';

const POLL_MS = 400;
const MOST_GROUPS = 50;
const MOST_ROWS = 10_000;
const GB = 1e9;

/** One Logs Insights query, within bounds of time and of scanned bytes; whichever is reached first ends it, with what was found. */
export async function searchInsights(
  scope: Scope,
  groups: readonly Group[],
  query: { readonly text: string; readonly window: TimeWindow; readonly limit: number },
  limits: AwsSettings['insights'],
  signal: AbortSignal,
): Promise<Batch<LogLine>> {
  const { window, text } = query;
  const limit = Math.min(MOST_ROWS, Math.max(1, query.limit));
  const { queryId } = await reading(scope, 'logs:StartQuery', () =>
    scope.read.logs.send(
      new StartQueryCommand({
        logGroupNames: groups.slice(0, MOST_GROUPS).map((group) => group.name),
        startTime: Math.floor(window.fromMs / 1000),
        endTime: Math.ceil(window.toMs / 1000),
        queryString: queryString(text, limit),
        limit,
      }),
      { abortSignal: signal },
    ),
  );
  const { rows, gap } = await results(scope, queryId ?? '', limits, signal);
  const items = rows
    .flatMap((row) => lineOfRow(row, groups))
    .filter((line) => line.message.includes(text) && line.timestampMs > window.fromMs && line.timestampMs <= window.toMs)
    .sort((a, b) => b.timestampMs - a.timestampMs)
    .slice(0, limit);
  return { items, completeUntilMs: window.toMs, gaps: gap === null ? [] : [gap] };
}

/** The text is data: it stands between quotes, with backslashes and quotes escaped. */
function queryString(text: string, limit: number): string {
  const filter =
    text === ''
      ? ''
      : ` | filter @message like "${text
          .slice(0, 500)
          .replaceAll('\\', '\\\\')
          .replaceAll('"', '\\"')
          .replaceAll(/[\r\n]+/g, ' ')}"`;
  return `fields @timestamp, @message, @log, @ptr${filter} | sort @timestamp desc | limit ${limit}`;
}

async function results(
  scope: Scope,
  queryId: string,
  limits: AwsSettings['insights'],
  signal: AbortSignal,
): Promise<{ rows: readonly ResultField[][]; gap: string | null }> {
  const untilMs = performance.now() + limits.timeout_s * 1000;
  const stop = (): Promise<unknown> => scope.read.logs.send(new StopQueryCommand({ queryId })).catch(() => undefined); // it may have ended by itself
  let rows: readonly ResultField[][] = [];
  try {
    for (;;) {
      const answer = await reading(scope, 'logs:GetQueryResults', () => scope.read.logs.send(new GetQueryResultsCommand({ queryId }), { abortSignal: signal }));
      rows = answer.results ?? [];
      if (answer.status === 'Complete') return { rows, gap: null };
      if (answer.status !== 'Running' && answer.status !== 'Scheduled') return { rows, gap: `The log search in ${scope.label} ended as ${answer.status}.` };
      const scannedGb = (answer.statistics?.bytesScanned ?? 0) / GB;
      if (scannedGb > limits.scan_limit_gb) {
        await stop();
        return { rows, gap: `The log search in ${scope.label} was stopped after ${scannedGb.toFixed(1)} GB; the rest was not looked at.` };
      }
      if (performance.now() > untilMs) {
        await stop();
        return { rows, gap: `The log search in ${scope.label} was stopped after ${limits.timeout_s} s; the rest was not looked at.` };
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function lineOfRow(row: readonly ResultField[], groups: readonly Group[]): LogLine[] {
  const field = (name: string): string => row.find((one) => one.field === name)?.value ?? '';
  const timestampMs = Date.parse(`${field('@timestamp').replace(' ', 'T')}Z`.replace('ZZ', 'Z'));
  if (!Number.isFinite(timestampMs)) return [];
  const log = field('@log').replace(/^\d{12}:/, '');
  const group = groups.find(({ name }) => name === log) ?? groups[0];
  if (group === undefined) return [];
  const message = field('@message');
  return [lineOf({ id: field('@ptr') || `${timestampMs} ${message}`, timestampMs, message }, group.name, group.resourceId)];
}
