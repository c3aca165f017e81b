import { z } from 'zod';

export const VerdictSchema = z.enum(['good', 'bad']);
export type Verdict = z.infer<typeof VerdictSchema>;

/** What a verdict is taken to be about (docs: "Names people type"). */
export const FeedbackMeaningSchema = z.enum(['alert', 'fix', 'match']);
export type FeedbackMeaning = z.infer<typeof FeedbackMeaningSchema>;

/** One person's standing verdict on one subject. A second one by the same person replaces the first. */
export const FeedbackSchema = z.object({
  subject: z.string(), // INC-12, PLAN-34, PAT-001
  meaning: FeedbackMeaningSchema,
  verdict: VerdictSchema,
  userId: z.string(),
  atMs: z.number().int(),
  comment: z.string().max(2000).nullable(),
  patternId: z.string().nullable(),
  action: z.string().nullable(),
});
export type Feedback = z.infer<typeof FeedbackSchema>;
