import { z } from 'zod';
import { PatternMatchSchema } from './pattern.ts';
import { AnalysisSchema } from './rca.ts';

/** open → analysed → planned → acting → verifying → resolved | unresolved; silenced aside. */
export const INCIDENT_STATES = ['open', 'analysed', 'planned', 'acting', 'verifying', 'resolved', 'unresolved', 'silenced'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];
export const LIVE_INCIDENT_STATES: readonly IncidentState[] = ['open', 'analysed', 'planned', 'acting', 'verifying', 'unresolved'];

export const IncidentSchema = z.object({
  id: z.string(), // INC-12
  state: z.enum(INCIDENT_STATES),
  title: z.string().max(300),
  severity: z.number().min(0).max(1),
  service: z.string().nullable(),
  environment: z.string().nullable(),
  resourceIds: z.array(z.string()).max(200), // the most affected first
  openedAtMs: z.number().int(),
  startedAtMs: z.number().int(), // when the trouble began, by the data
  updatedAtMs: z.number().int(),
  resolvedAtMs: z.number().int().nullable(),
  resolution: z.enum(['fixed', 'recovered', 'false_alarm', 'closed']).nullable(),
  acknowledgedBy: z.string().nullable(), // Slack user id
  matches: z.array(PatternMatchSchema).max(5),
  matchedAtMs: z.number().int().nullable(), // null: not looked up yet
  knowledgeSource: z.string().nullable(), // which index answered
  analysis: AnalysisSchema.nullable(),
  runbookSlug: z.string().nullable(),
  joinedPlanId: z.string().nullable().optional(), // another incident's plan that does the same; this one waits for its outcome
  failedStage: z.object({ stage: z.string(), error: z.string().max(500), attempts: z.number().int() }).nullable(),
});
export type Incident = z.infer<typeof IncidentSchema>;

/** What is known when an incident opens; the rest starts empty. */
export type IncidentDraft = Pick<Incident, 'title' | 'severity' | 'service' | 'environment' | 'resourceIds' | 'openedAtMs' | 'startedAtMs'> & {
  anomalyIds: readonly string[];
};
