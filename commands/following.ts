import type { CardOptions } from '../blocks/card.ts';
import { progressCard } from '../blocks/progress.ts';
import type { RcaDimension } from '../src/domain/rca.ts';
import type { AnalysisWatch } from '../src/domain/requests.ts';
import type { Tools } from './types.ts';

/** Ticks off the dimensions of an analysis where it was asked for, until it is done or somebody stops it. */
export function following(subject: string, options: CardOptions, { progress, run }: Pick<Tools, 'progress' | 'run'>): AnalysisWatch {
  const done: RcaDimension[] = [];
  progress(progressCard(subject, done, run.id, options));
  return {
    signal: run.signal,
    progress(dimension) {
      done.push(dimension);
      progress(progressCard(subject, done, run.id, options));
    },
  };
}
