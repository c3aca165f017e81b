import { OpsError, toOpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Batch, LogSource, TimeWindow } from '../../domain/ports.ts';
import type { Gap } from '../../domain/rca.ts';
import type { LogLine } from '../../domain/signals.ts';

export const LOG_SEARCH_MS = 8000; // somebody is waiting; a search through a big log group takes a few seconds
const MOST_LINES = 5000; // of one source
const MOST_SOURCES = 20;

interface LogQuery {
  readonly resourceIds: readonly string[];
  readonly window: TimeWindow;
}

/**
 * Looks through the logs themselves, all sources at once: lines that the collector did not file. What a source that fails or takes
 * longer than `timeoutMs` could not give is a gap; the others count. Stops with `signal`'s reason.
 */
export async function searchLogs(
  sources: readonly LogSource[],
  query: LogQuery,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ readonly lines: readonly LogLine[]; readonly gaps: readonly Gap[] }> {
  const parts = await Promise.all(sources.slice(0, MOST_SOURCES).map((source) => searchOne(source, query, timeoutMs, signal)));
  signal.throwIfAborted();
  return { lines: parts.flatMap((part) => part.lines), gaps: parts.flatMap((part) => part.gaps) };
}

async function searchOne(source: LogSource, query: LogQuery, timeoutMs: number, signal: AbortSignal): Promise<{ lines: readonly LogLine[]; gaps: Gap[] }> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new OpsError('unavailable', `no answer within ${Math.round(timeoutMs / 100) / 10} s`)), timeoutMs);
  try {
    const batch = await orAborted(source.search({ ...query, text: '', limit: MOST_LINES }, AbortSignal.any([signal, late.signal])), [signal, late.signal]);
    return { lines: batch.items.slice(0, MOST_LINES), gaps: batch.gaps.map((error) => gapOf(source.name, error)) };
  } catch (thrown) {
    return { lines: [], gaps: [gapOf(source.name, toOpsError(late.signal.aborted ? late.signal.reason : thrown).message)] };
  } finally {
    clearTimeout(timer);
  }
}

/** A source that does not listen to its signal is left behind. */
function orAborted(work: Promise<Batch<LogLine>>, signals: readonly AbortSignal[]): Promise<Batch<LogLine>> {
  const stopped = signals.map(
    (signal) =>
      new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  );
  return Promise.race([work, ...stopped]);
}

const gapOf = (source: string, error: string): Gap => ({
  dimension: 'resource',
  reason: explain('rca.gap.log_search', 'The logs of {source} could not be searched to the end: {error}', { source, error }),
});

/** Collected lines first; a found line that was collected too (other id, same moment and words) counts once. */
export function mergeLines(collected: readonly LogLine[], found: readonly LogLine[]): readonly LogLine[] {
  const known = new Set(collected.map(keyOf));
  return [...collected, ...new Map(found.filter((line) => !known.has(keyOf(line))).map((line) => [line.id, line])).values()];
}

const keyOf = ({ timestampMs, group, message }: LogLine): string => `${timestampMs} ${group} ${message}`;
