import { z } from 'zod';
import { RiskSchema } from './risk.ts';

export const PATTERN_CATEGORIES = ['performance', 'availability', 'security', 'cost', 'configuration'] as const;
export const PatternCategorySchema = z.enum(PATTERN_CATEGORIES);
export type PatternCategory = z.infer<typeof PatternCategorySchema>;

const line = z.string().trim().min(1).max(500);

export const PatternSolutionSchema = z.object({
  action: z.string().regex(/^[a-z][a-z0-9_]{1,63}$/),
  confidence: z.number().min(0).max(1),
  risk: RiskSchema,
});

/** The record of seed §4.1, field for field. Fields named `*_…` in snake case are the archive's format. */
export const PatternSchema = z.object({
  pattern_id: z.string().regex(/^PAT-[A-Z]?\d{1,9}$/),
  category: PatternCategorySchema,
  title: z.string().trim().min(3).max(200),
  description: z.string().trim().min(1).max(4000),
  symptoms: z.array(line).min(1).max(30),
  root_causes: z.array(line).max(30),
  solutions: z.array(PatternSolutionSchema).max(20),
  metadata: z.object({
    occurrence_count: z.number().int().min(0),
    last_seen: z.iso.date().nullable(),
    success_rate: z.number().min(0).max(1).nullable(),
    avg_resolution_time: z
      .string()
      .regex(/^\d+(s|min|h)$/)
      .nullable(),
  }),
  embedding: z.array(z.number()).max(4096).optional(),
});
export type Pattern = z.infer<typeof PatternSchema>;

/** A pattern that resembles a text or an anomaly. Over MATCH_THRESHOLD it counts as the same problem. */
export const PatternMatchSchema = z.object({
  patternId: z.string(),
  title: z.string(),
  category: PatternCategorySchema,
  similarity: z.number().min(0).max(1),
  why: z.array(z.string().max(200)).max(10), // the words or concepts the two have in common
});
export type PatternMatch = z.infer<typeof PatternMatchSchema>;

/** Seed §4.3: only similarities over this count as a match. */
export const MATCH_THRESHOLD = 0.7;
