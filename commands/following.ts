import type { CardOptions } from '../blocks/card.ts';
import { progressCard } from '../blocks/progress.ts';
import type { RcaDimension } from '../src/domain/rca.ts';
import type { AnalysisWatch } from '../src/domain/requests.ts';
import type { Tools } from './types.ts';

/** Ticks off the dimensions of an analysis where it was asked for. */
export function following(subject: string, options: CardOptions, progress: Tools['progress']): AnalysisWatch {
  const done: RcaDimension[] = [];
  progress(progressCard(subject, done, options));
  return {
    progress(dimension) {
      done.push(dimension);
      progress(progressCard(subject, done, options));
    },
  };
}
