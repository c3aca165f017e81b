import type { ZodType } from 'zod';
import type { Params, Reversibility } from './plan.ts';
import type { Resource } from './resource.ts';
import type { Risk } from './risk.ts';

/** The facts of one action of the catalogue; its doing is in an adapter's Remediator under the same name. */
export interface ActionFacts {
  readonly name: string; // restart_service
  readonly title: string; // "Restart the service"
  readonly risk: Risk; // its own risk; the policy may raise it, never lower it by itself
  readonly reversibility: Reversibility;
  readonly targetKinds: readonly string[]; // Resource.kind
  readonly params: ZodType<Params>;
  /** Parameters that suit a target when nobody named any. */
  readonly defaults: (target: Resource) => Params;
  /** What it touches, in one sentence for the approver. */
  readonly blastRadius: (target: Resource, params: Params) => string;
  readonly timeoutMs: number;
  readonly settleMs: number; // verification starts this long after it ran
  readonly verifyWithinMs: number; // not back to normal this long after it ran: verification failed
  readonly iam: readonly string[]; // exact IAM actions, e.g. ecs:UpdateService
}
