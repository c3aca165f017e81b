import { z } from 'zod';
import { ActorSchema } from '../domain/actor.ts';
import { AnomalySchema } from '../domain/anomaly.ts';
import { FeedbackSchema } from '../domain/feedback.ts';
import { IncidentSchema } from '../domain/incident.ts';
import { PatternMatchSchema, PatternSchema } from '../domain/pattern.ts';
import { PlanSchema } from '../domain/plan.ts';
import { AnalysisSchema } from '../domain/rca.ts';
import { ProblemSchema } from './problem.ts';

// What the verbs answer, for the OpenAPI document; a test holds real answers against it.

const time = z.number().int();
const SwitchSchema = z.object({ scope: z.string(), by: ActorSchema, reason: z.string(), atMs: time });

export const CollectReportSchema = z.object({
  points: z.number().int(),
  logLines: z.number().int(),
  changes: z.number().int(),
  alarms: z.number().int(),
  gaps: z.array(z.string()),
});
export const DetectReportSchema = z.object({ collected: CollectReportSchema, anomalies: z.array(AnomalySchema), incidents: z.array(IncidentSchema) });
export const AnalyseReportSchema = z.object({ incident: IncidentSchema.nullable(), title: z.string(), analysis: AnalysisSchema });
export const PatternAnswerSchema = z.object({ matches: z.array(PatternMatchSchema), source: z.string() });
export const PatternDetectSchema = z.union([
  PatternAnswerSchema,
  DetectReportSchema.extend({ matches: z.array(PatternMatchSchema.extend({ incidentId: z.string() })) }),
]);
export const LearnedSchema = z.object({
  draft: PatternSchema.nullable(),
  saved: PatternSchema.nullable(),
  duplicates: z.array(z.object({ patternId: z.string(), title: z.string(), likeness: z.number() })), // look like the same problem
});
export const FeedbackReportSchema = z.object({
  feedback: FeedbackSchema,
  replaced: FeedbackSchema.nullable(),
  confidence: z.object({ patternId: z.string(), action: z.string(), before: z.number(), after: z.number() }).nullable(),
  sensitivity: z.object({ key: z.string(), before: z.number(), after: z.number() }).nullable(),
});
export const IncidentViewSchema = z.object({ incident: IncidentSchema, anomalies: z.array(AnomalySchema), plans: z.array(PlanSchema) });
export const PlanViewSchema = z.object({ plan: PlanSchema, incident: IncidentSchema.nullable(), paused: z.array(SwitchSchema) });

export const SourceStatusSchema = z.object({
  name: z.string(),
  kind: z.enum(['metrics', 'logs', 'changes', 'alarms', 'topology', 'knowledge']),
  ok: z.boolean(),
  lastReadAtMs: time.nullable(),
  error: z.string().nullable(),
});
const ReplicaSchema = z.object({
  id: z.string(),
  host: z.string(),
  version: z.string(),
  policyMark: z.string(),
  leads: z.boolean(),
  shards: z.number().int(),
  seenAgoMs: z.number(),
});
export const StatusViewSchema = z.object({
  nowMs: time,
  lastTickAtMs: time.nullable(),
  lastTickMs: z.number().nullable(),
  tickErrors: z.number().int(),
  sources: z.array(SourceStatusSchema),
  openIncidents: z.array(IncidentSchema),
  waitingPlans: z.array(PlanSchema),
  paused: z.array(SwitchSchema),
  outboxSize: z.number().int(),
  series: z.number().int(),
  patterns: z.number().int(),
  replicas: z.array(ReplicaSchema).optional(),
});

export const JobSchema = z.object({
  id: z.string(),
  kind: z.string(),
  subject: z.string().nullable(),
  requestedBy: z.string(),
  startedAtMs: time,
  state: z.enum(['running', 'done', 'failed']),
  endedAtMs: time.nullable(),
  result: z.unknown(), // null until done
  problem: ProblemSchema.nullable(),
});
