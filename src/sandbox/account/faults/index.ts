import { OpsError } from '../../../domain/errors.ts';
import { badDeploy } from './bad-deploy.ts';
import { costLeak } from './cost-leak.ts';
import { cpuHog } from './cpu-hog.ts';
import type { FaultKind } from './fault.ts';
import { memoryLeak } from './memory-leak.ts';
import { throttledFunction } from './throttled-function.ts';

/** Every fault that a scenario can have. */
export const FAULTS: readonly FaultKind[] = [cpuHog, memoryLeak, badDeploy, throttledFunction, costLeak];

const byKind = new Map(FAULTS.map((fault) => [fault.kind, fault]));

export function requireFault(kind: string): FaultKind {
  const fault = byKind.get(kind);
  if (fault !== undefined) return fault;
  throw new OpsError('invalid_input', `There is no fault "${kind.slice(0, 60)}".`, `Faults: ${[...byKind.keys()].join(', ')}.`);
}
