import type { PlanState } from '../../src/domain/plan.ts';
import type { TargetId } from './account.ts';

/** One way from a person's yes to the last report. */
export interface Flow {
  readonly name: string;
  readonly action: 'rollback_deploy' | 'take_service_down' | 'scale_out';
  readonly targetId: TargetId;
  readonly heals: boolean; // the anomaly ends once it ran
  readonly ends: PlanState; // when nothing goes wrong
}

export const FLOWS: readonly Flow[] = [
  { name: 'one yes, and it helps', action: 'rollback_deploy', targetId: 'ecs/plain', heals: true, ends: 'succeeded' },
  { name: 'a quorum, and it helps', action: 'take_service_down', targetId: 'ecs/plain', heals: true, ends: 'succeeded' },
  { name: 'a notice, and it helps', action: 'scale_out', targetId: 'ecs/plain', heals: true, ends: 'succeeded' },
  { name: 'it does not help and is taken back', action: 'rollback_deploy', targetId: 'ecs/plain', heals: false, ends: 'rolled_back' },
  { name: 'it cannot be taken back', action: 'rollback_deploy', targetId: 'ecs/stuck', heals: false, ends: 'failed' },
  { name: 'the target refuses', action: 'rollback_deploy', targetId: 'ecs/refuses', heals: false, ends: 'failed' },
  { name: 'the reply is lost', action: 'rollback_deploy', targetId: 'ecs/mumbles', heals: true, ends: 'succeeded' },
  { name: 'nobody can say whether it ran', action: 'rollback_deploy', targetId: 'ecs/forgets', heals: false, ends: 'outcome_unknown' },
];
