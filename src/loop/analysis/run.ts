import type { Analysis } from '../../domain/rca.ts';
import { analyseStepwise } from '../../rca/rank.ts';
import type { Ops } from '../ops.ts';
import { gather, type Question } from './gather.ts';

const ANALYSIS_TIMEOUT_MS = 30_000;

/** Gathers and analyses, in slices, so that others run in between. OpsError('expired') when it takes too long. */
export async function runAnalysis(ops: Ops, question: Question): Promise<Analysis> {
  const context = await gather(ops, question);
  const steps = analyseStepwise(context, AbortSignal.timeout(ANALYSIS_TIMEOUT_MS));
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}
