import { z } from 'zod';
import { ActorSchema } from './actor.ts';
import { ExplanationSchema } from './explanation.ts';
import { RiskSchema } from './risk.ts';

export const PLAN_STATES = [
  'proposed',
  'notified', // medium: a notice is out, the countdown runs
  'awaiting_approval', // high, critical
  'approved', // may run
  'claimed', // taken for execution; from here on never run again
  'running',
  'verifying',
  'succeeded',
  'rolled_back',
  'failed',
  'outcome_unknown',
  'rejected',
  'expired',
  'cancelled',
] as const;
export type PlanState = (typeof PLAN_STATES)[number];
export const FINAL_PLAN_STATES: readonly PlanState[] = ['succeeded', 'rolled_back', 'failed', 'outcome_unknown', 'rejected', 'expired', 'cancelled'];

export const ParamsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type Params = z.infer<typeof ParamsSchema>;

/** How an action can be taken back. Only the first two kinds may ever run without a person's leave. */
export const ReversibilitySchema = z.enum(['rollback', 'no_lasting_change', 'cannot_be_undone']);
export type Reversibility = z.infer<typeof ReversibilitySchema>;

export const ApprovalSchema = z.object({
  userId: z.string(),
  atMs: z.number().int(),
  digest: z.string(), // of the plan as this person saw it
  via: z.enum(['button', 'command', 'api']),
});
export type Approval = z.infer<typeof ApprovalSchema>;

/** What a plan's approvals must bring besides their number. */
const LackSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('executor'), people: z.array(z.string()).max(200) }), // one of these people and groups
  z.object({ kind: z.literal('outside_group'), groups: z.array(z.string()).max(20) }), // somebody who is in none of these
]);
export type Lack = z.infer<typeof LackSchema>;

/** What execution and verification found. */
export const OutcomeSchema = z.object({
  result: z.enum(['succeeded', 'failed', 'rolled_back', 'unknown']),
  atMs: z.number().int(),
  detail: ExplanationSchema,
  verified: z.boolean(), // the alarming metrics came back to normal after the action
  durationMs: z.number().int().nullable(), // from incident start to verified
});
export type Outcome = z.infer<typeof OutcomeSchema>;

export const PlanSchema = z.object({
  id: z.string(), // PLAN-34
  state: z.enum(PLAN_STATES),
  incidentId: z.string().nullable(),
  patternId: z.string().nullable(), // which pattern suggested it: where the outcome is learned
  action: z.string(),
  targetId: z.string(),
  params: ParamsSchema,
  risk: RiskSchema,
  reversibility: ReversibilitySchema,
  blastRadius: z.string().max(300), // what it touches, in words
  why: ExplanationSchema,
  digest: z.string(), // SHA-256 over action, target, parameters, risk, rollback and the target as read
  idempotencyKey: z.string(),
  requestedBy: ActorSchema,
  createdAtMs: z.number().int(),
  updatedAtMs: z.number().int(),
  approvalsNeeded: z.number().int().min(0),
  approvals: z.array(ApprovalSchema),
  joined: z.array(z.string()).max(50).optional(), // other incidents that wait for it
  lacks: z.array(LackSchema).max(2).optional(), // who still has to be among those who approve; absent: it could not be looked up yet
  runAtMs: z.number().int().nullable(), // medium: when the countdown ends
  expiresAtMs: z.number().int().nullable(),
  endedBy: z.object({ actor: ActorSchema, reason: z.string().max(1000) }).nullable(), // who rejected or cancelled it
  dryRun: ExplanationSchema.nullable(),
  receipt: z.record(z.string(), z.string()).nullable(), // what the target gave back; needed for lookup and rollback
  executedAtMs: z.number().int().nullable(),
  verifyAfterMs: z.number().int().nullable(), // settling time over
  verifyUntilMs: z.number().int().nullable(), // not back to normal by then: verification failed
  outcome: OutcomeSchema.nullable(),
  learnedAtMs: z.number().int().nullable(),
});
export type Plan = z.infer<typeof PlanSchema>;
export type PlanDraft = Omit<
  Plan,
  'id' | 'state' | 'approvals' | 'endedBy' | 'receipt' | 'executedAtMs' | 'verifyAfterMs' | 'verifyUntilMs' | 'outcome' | 'learnedAtMs' | 'updatedAtMs'
>;

/** What a plan asks of a target: only this ever reaches a Remediator. */
export const stepOf = ({ action, targetId, params }: Pick<Plan, 'action' | 'targetId' | 'params'>) => ({ action, targetId, params });
