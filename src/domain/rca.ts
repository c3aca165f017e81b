import { z } from 'zod';
import { ExplanationSchema } from './explanation.ts';
import { MetricRefSchema } from './metric.ts';
import { RiskSchema } from './risk.ts';

export const RCA_DIMENSIONS = ['time', 'resource', 'change', 'history'] as const;
export const RcaDimensionSchema = z.enum(RCA_DIMENSIONS);
export type RcaDimension = z.infer<typeof RcaDimensionSchema>;

/** Where an evidence item can be looked up again. */
export const EvidenceSourceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('metric'), ref: MetricRefSchema, fromMs: z.number().int(), toMs: z.number().int() }),
  z.object({ type: z.literal('change'), changeId: z.string() }),
  z.object({ type: z.literal('logs'), group: z.string(), examples: z.array(z.string().max(1000)).max(5), count: z.number().int() }),
  z.object({ type: z.literal('pattern'), patternId: z.string() }),
  z.object({ type: z.literal('incident'), incidentId: z.string() }),
  z.object({ type: z.literal('topology'), path: z.array(z.string()) }),
]);

export const EvidenceSchema = z.object({
  dimension: RcaDimensionSchema,
  supports: z.boolean(), // false: speaks against the hypothesis
  weight: z.number().min(0).max(1),
  statement: ExplanationSchema,
  source: EvidenceSourceSchema,
});
export type Evidence = z.infer<typeof EvidenceSchema>;

export const HypothesisSchema = z.object({
  resourceId: z.string(), // where the cause sits
  cause: ExplanationSchema, // what it is, in one sentence
  kind: z.string().max(60), // change, saturation, dependency, leak, traffic, zone, access, cost, unknown …
  confidence: z.number().min(0).max(1),
  evidence: z.array(EvidenceSchema).max(30),
});
export type Hypothesis = z.infer<typeof HypothesisSchema>;

/** Something that could not be looked at, and why. */
export const GapSchema = z.object({ dimension: RcaDimensionSchema, reason: ExplanationSchema });
export type Gap = z.infer<typeof GapSchema>;

/** What could be done: an action of the catalogue on one target. Ranked by `score` = posterior confidence × fit − risk. */
export const SolutionSchema = z.object({
  action: z.string(),
  targetId: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  risk: RiskSchema,
  confidence: z.number().min(0).max(1),
  score: z.number(),
  patternId: z.string().nullable(),
  why: ExplanationSchema,
});
export type Solution = z.infer<typeof SolutionSchema>;

export const AnalysisSchema = z.object({
  atMs: z.number().int(),
  hypotheses: z.array(HypothesisSchema).max(10), // best first; empty: nothing stands out
  gaps: z.array(GapSchema).max(20),
  solutions: z.array(SolutionSchema).max(10), // best first
  summary: ExplanationSchema,
  /** The summary in a language model's words, every sentence with evidence behind it ([E1]: see citationsOf). */
  narrative: z.object({ text: z.string().min(1).max(3000), by: z.string().max(60) }).optional(),
});
export type Analysis = z.infer<typeof AnalysisSchema>;

const MOST_CITED = 99;

/** The evidence under the labels by which a narrative and the views name it: E1, E2, … over the hypotheses in their order. */
export function citationsOf({
  hypotheses,
}: Pick<Analysis, 'hypotheses'>): ReadonlyMap<string, { readonly hypothesis: Hypothesis; readonly evidence: Evidence }> {
  const all = hypotheses.flatMap((hypothesis) => hypothesis.evidence.map((evidence) => ({ hypothesis, evidence }))).slice(0, MOST_CITED);
  return new Map(all.map((one, index) => [`E${index + 1}`, one]));
}

export interface Runbook {
  readonly slug: string; // archive name: runbooks/<slug>-runbook.md
  readonly title: string;
  readonly markdown: string;
}
