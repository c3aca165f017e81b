import { redact } from '../domain/redact.ts';
import type { LogLine } from '../domain/signals.ts';
import type { RcaSubject } from './context.ts';

/** Warnings and errors that differ only in numbers, ids and quoted values. */
export interface LogGroup {
  readonly template: string;
  readonly resourceId: string | null;
  readonly group: string; // the log group it is from
  readonly count: number; // since the trouble began
  readonly before: number;
  readonly firstMs: number; // since the trouble began
  readonly examples: readonly string[];
  /** 0..1: how new or how much more frequent it is. */
  readonly strength: number;
}

const LINES_A_SLICE = 2000;
const MAX_GROUPS = 500;
const MAX_CHARS = 400;
const EXAMPLES = 3;
const LEVELS: ReadonlySet<string> = new Set(['warn', 'error', 'fatal']);

interface Draft {
  template: string;
  resourceId: string | null;
  group: string;
  count: number;
  before: number;
  firstMs: number;
  examples: string[];
}

/** The part of a message that stays the same: ids, numbers, addresses, paths and quoted text become `*`. */
export function templateOf(message: string): string {
  return message
    .slice(0, MAX_CHARS)
    .replaceAll(/"[^"]*"|'[^']*'/g, '*')
    .replaceAll(/\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/gi, '*')
    .replaceAll(/\/[\w\-./]+/g, '*')
    .replaceAll(/\S*\d\S*/g, '*')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?:\* )+\*/g, '*')
    .trim();
}

/** Groups warnings and errors, the ones that tell most about the trouble first. At most 500 groups; what is rarer is left out. */
export function* groupLogs(lines: readonly LogLine[], subject: RcaSubject): Generator<void, readonly LogGroup[]> {
  const drafts = new Map<string, Draft>();
  let earliestMs = subject.startedAtMs;
  let done = 0;
  for (const line of lines) {
    done += 1;
    if (done % LINES_A_SLICE === 0) yield;
    if (line.timestampMs > subject.nowMs) continue;
    earliestMs = Math.min(earliestMs, line.timestampMs);
    if (LEVELS.has(line.level)) addLine(drafts, line, subject.startedAtMs);
  }
  const spans = { beforeMs: Math.max(0, subject.startedAtMs - earliestMs), sinceMs: Math.max(1, subject.nowMs - subject.startedAtMs) };
  return [...drafts.values()]
    .filter((draft) => draft.count > 0)
    .map((draft) => ({ ...draft, strength: strengthOf(draft, spans) }))
    .sort((a, b) => b.strength - a.strength || b.count - a.count);
}

function addLine(drafts: Map<string, Draft>, line: LogLine, startedAtMs: number): void {
  const template = templateOf(line.message);
  const key = `${line.resourceId ?? line.group}\u0000${template}`;
  let draft = drafts.get(key);
  if (draft === undefined) {
    if (drafts.size >= MAX_GROUPS) return;
    draft = { template, resourceId: line.resourceId, group: line.group, count: 0, before: 0, firstMs: Number.POSITIVE_INFINITY, examples: [] };
    drafts.set(key, draft);
  }
  if (line.timestampMs < startedAtMs) {
    draft.before += 1;
    return;
  }
  draft.count += 1;
  draft.firstMs = Math.min(draft.firstMs, line.timestampMs);
  if (draft.examples.length < EXAMPLES) draft.examples.push(redact(line.message.slice(0, 2 * MAX_CHARS)).slice(0, MAX_CHARS)); // shown on cards and in runbooks
}

/** Lines over what the time before would give, and a few lines prove little. */
function strengthOf(draft: Draft, spans: { beforeMs: number; sinceMs: number }): number {
  const expected = spans.beforeMs === 0 ? 0 : (draft.before * spans.sinceMs) / spans.beforeMs;
  const extra = draft.count - expected - 2 * Math.sqrt(expected);
  return extra <= 0 ? 0 : (extra / (extra + expected + 3)) * Math.min(1, 0.4 + extra / 20);
}
