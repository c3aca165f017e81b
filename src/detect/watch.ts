import { HOT, KIND } from './layout.ts';
import { createPageRule, PAGE, type PageDecision } from './page.ts';
import type { Slot } from './pool.ts';
import { createStep, type Reading } from './step.ts';
import type { Bound } from './thresholds.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code

const DAY_MS = 86_400_000;

/** One finite point of one series: what it tells, and what the page rule makes of it. `teach`: learn only, never page. */
export type Watch = (slot: Slot, t: number, x: number, bound: Bound | null, factor: number, teach: boolean, out: Reading) => PageDecision;

/** Severity of a crossed threshold, 0 when it is not crossed for long enough, or for so long that it is the usual. */
function breach(S: Float64Array, o: number, t: number, x: number, bound: Bound): number {
  const over = x > bound.above ? x - bound.above : x < bound.below ? bound.below - x : 0;
  if (over <= 0) {
    S[o + AT.breachT] = 0;
    return 0;
  }
  const since = (S[o + AT.breachT] as number) || t;
  S[o + AT.breachT] = since;
  const lasted = t - since;
  if (lasted + (S[o + AT.interval] as number) < bound.forMs || (bound.isDefault && lasted > DAY_MS)) return 0;
  const limit = Math.abs(x > bound.above ? bound.above : bound.below);
  return 0.9 + 0.09 * (over / (over + 0.2 * limit + 1e-9));
}

export function createWatch(tuning: Tuning): Watch {
  const step = createStep(tuning);
  const page = createPageRule(tuning);
  return ({ hot, at, cold, coldAt }, t, x, bound, factor, teach, out) => {
    step(hot, at, cold, coldAt, t, x, out);
    if (!out.accepted) return PAGE.quiet;
    if (bound !== null) {
      const severity = breach(hot, at, t, x, bound);
      if (severity > out.page) {
        out.severity = Math.max(out.severity, severity);
        out.page = severity;
        out.kind = KIND.threshold;
        out.up = x > bound.above;
      }
    }
    if (teach) return PAGE.quiet;
    const before = hot[at + AT.peak] as number;
    const decision = page(hot, at, t, out.page, factor);
    const grows = decision === PAGE.goesOn && (out.page > before || (out.kind === KIND.level && out.page >= tuning.pageOn));
    if (decision === PAGE.began || decision === PAGE.reopened || grows) {
      hot[at + AT.kind] = out.kind;
      hot[at + AT.up] = out.up ? 1 : 0;
    }
    return decision;
  };
}
