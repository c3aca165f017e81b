import { toOpsError } from '../../domain/errors.ts';
import type { Analysis } from '../../domain/rca.ts';
import { redactAll } from '../../domain/redact.ts';
import { checkedNarrative } from '../../rca/narrative.ts';
import type { Ops } from '../ops.ts';

/**
 * The analysis with a narrative beside its summary, when there is a narrator that answers in time with something that holds. It
 * gets a redacted copy and gives words: causes, solutions and their parameters stay as they were found. Never fails.
 */
export async function narrated(ops: Pick<Ops, 'narrator' | 'catalogue' | 'log'>, analysis: Analysis, signal: AbortSignal): Promise<Analysis> {
  const { narrator } = ops;
  if (narrator === null || analysis.hypotheses.length === 0) return analysis;
  const { by, timeoutMs, redaction } = narrator;
  const shown = redaction === null ? analysis : redactAll(analysis, redaction);
  try {
    const said = await within(timeoutMs, signal, (stop) => by.summarise(shown, stop));
    const actions = ops.catalogue.map((action) => action.name);
    const text = checkedNarrative(said, shown, actions);
    return text === null ? analysis : { ...analysis, narrative: { text, by: by.name } };
  } catch (thrown) {
    ops.log.debug({ narrator: by.name, error: toOpsError(thrown).message }, 'no narrative; the plain summary stands');
    return analysis;
  }
}

/** Also when the work does not listen to its signal. */
async function within<T>(timeoutMs: number, outer: AbortSignal, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const stop = AbortSignal.any([outer, late.signal]);
  const stopped = new Promise<never>((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
  try {
    return await Promise.race([work(stop), stopped]);
  } finally {
    clearTimeout(timer);
  }
}
