import { OpsError } from '../../domain/errors.ts';
import type { Analysis, RcaDimension } from '../../domain/rca.ts';
import type { AnalysisWatch } from '../../domain/requests.ts';
import type { RcaContext } from '../../rca/context.ts';
import { analyseStepwise } from '../../rca/rank.ts';
import type { Ops } from '../ops.ts';
import { gather, logWindowOf, type Question } from './gather.ts';
import { LOG_SEARCH_MS, mergeLines, searchLogs } from './logs.ts';
import { narrated } from './narrate.ts';

const ANALYSIS_TIMEOUT_MS = 30_000;
const SEARCHED_RESOURCES = 50;

/** Gathers and analyses, in slices, so that others run in between. OpsError('expired') when it takes too long. */
export async function runAnalysis(ops: Ops, question: Question): Promise<Analysis> {
  return await through(await gather(ops, question), AbortSignal.timeout(ANALYSIS_TIMEOUT_MS), () => undefined);
}

/**
 * The same for somebody who asked: the logs themselves are searched as well, each finished dimension is reported, a narrator words
 * the result (never in the loop, which a slow model must not hold up), and `watch.signal` stops it with OpsError('expired').
 */
export async function runAskedAnalysis(ops: Ops, question: Question, watch: AnalysisWatch, searchMs: number = LOG_SEARCH_MS): Promise<Analysis> {
  const timeout = AbortSignal.timeout(ANALYSIS_TIMEOUT_MS);
  const signal = watch.signal === undefined ? timeout : AbortSignal.any([timeout, watch.signal]);
  const [context, found] = await Promise.all([gather(ops, question), searched(ops, question, searchMs, signal)]);
  const whole = { ...context, logs: mergeLines(context.logs, found.lines), gaps: [...context.gaps, ...found.gaps] };
  return await narrated(ops, await through(whole, signal, (dimension) => watch.progress?.(dimension)), signal);
}

async function searched(ops: Ops, { subject }: Question, timeoutMs: number, signal: AbortSignal) {
  const resourceIds = subject.resourceIds.slice(0, SEARCHED_RESOURCES);
  if (resourceIds.length === 0) return { lines: [], gaps: [] };
  try {
    return await searchLogs(ops.logSources, { resourceIds, window: logWindowOf(subject) }, { timeoutMs, signal });
  } catch (thrown) {
    throw new OpsError('expired', 'The analysis was stopped before it was done.', 'Ask again.', { cause: thrown });
  }
}

async function through(context: RcaContext, signal: AbortSignal, onDone: (dimension: RcaDimension) => void): Promise<Analysis> {
  const steps = analyseStepwise(context, signal);
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
    onDone(step.value.dimension);
  }
}
