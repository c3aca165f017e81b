// What is asked of the verbs, and what they answer.
import type { Anomaly } from './anomaly.ts';
import type { Feedback, FeedbackMeaning, Verdict } from './feedback.ts';
import type { Incident } from './incident.ts';
import type { PatternCategory, PatternMatch } from './pattern.ts';
import type { Params } from './plan.ts';
import type { Analysis, RcaDimension } from './rca.ts';
import type { Risk } from './risk.ts';

export interface CollectReport {
  readonly points: number;
  readonly logLines: number;
  readonly changes: number;
  readonly alarms: number;
  readonly gaps: readonly string[];
}
export interface DetectReport {
  readonly collected: CollectReport;
  readonly anomalies: readonly Anomaly[]; // live now
  readonly incidents: readonly Incident[]; // opened or updated by this run
}
export interface AnalyseReport {
  readonly incident: Incident | null; // null for free text and resources without one
  readonly title: string;
  readonly analysis: Analysis;
}
/** How to follow an analysis, and to stop it. */
export interface AnalysisWatch {
  readonly signal?: AbortSignal;
  progress?(done: RcaDimension): void;
}
export interface PatternQuery {
  readonly text: string;
  readonly limit?: number;
  readonly categories?: readonly PatternCategory[];
}
export interface PatternAnswer {
  readonly matches: readonly PatternMatch[]; // best first; only those over MATCH_THRESHOLD count as the same problem
  readonly source: string;
}
export interface FixRequest {
  readonly issue: string;
  readonly action?: string; // default: the best solution of the analysis
  readonly targetId?: string;
  readonly params?: Params;
}
export interface FeedbackRequest {
  readonly subject: string;
  readonly verdict: Verdict;
  readonly meaning: FeedbackMeaning | null;
  readonly comment: string | null;
}
export interface FeedbackReport {
  readonly feedback: Feedback;
  readonly replaced: Feedback | null;
  readonly confidence: { readonly patternId: string; readonly action: string; readonly before: number; readonly after: number } | null;
  readonly sensitivity: { readonly key: string; readonly before: number; readonly after: number } | null;
}
export interface MaintenanceRequest {
  readonly service: string;
  readonly startsInMs: number; // 0: now
  readonly durationMs: number;
  readonly reason: string;
}
export interface PauseReport {
  readonly scope: string;
  readonly held: readonly string[]; // plans that will not start
  readonly stopped: readonly string[]; // plans whose call was cut off before the target did anything
  readonly running: readonly string[]; // plans that could not be stopped any more
  readonly sent: readonly SentStep[]; // what those plans are doing
}
/** A call that its target has, or may have, already. */
export interface SentStep {
  readonly planId: string;
  readonly action: string;
  readonly targetId: string;
  readonly doing: 'execute' | 'rollback';
}

/** What a reload did. Digests are SHA-256 over the policy; `before` null: none is known. */
export interface PolicyChange {
  readonly before: string | null;
  readonly after: string;
  readonly changed: readonly string[]; // names of settings; empty: the file says what is in force already
}

/** A pattern that looks like the same problem as another; `likeness` 0..1. */
export interface Duplicate {
  readonly patternId: string;
  readonly title: string;
  readonly likeness: number;
}
/** An action that now runs one risk level lower for a pattern. */
export interface Promoted {
  readonly patternId: string;
  readonly action: string;
  readonly from: Risk;
  readonly to: Risk;
}
