import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { AnalyseReport, AnalysisWatch } from '../../domain/requests.ts';
import type { Resource } from '../../domain/resource.ts';
import { type Question, questionOf } from '../analysis/gather.ts';
import { keepAnalysis } from '../analysis/keep.ts';
import { runAskedAnalysis } from '../analysis/run.ts';
import type { Ops } from '../ops.ts';
import { nameOf, resolveIncident } from './resolve.ts';
import { requireIncident } from './views.ts';

const MOST_TEXT = 500;
const SEARCH_TIMEOUT_MS = 5000;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_SPAN_MS = 7 * 86_400_000;

/** Root cause of an incident, of a resource over a span ("checkout-db last 2h"), or of what free text describes. */
export async function analyse(ops: Ops, subject: string, actor: Actor, watch: AnalysisWatch = {}): Promise<AnalyseReport> {
  const text = subject.normalize('NFKC').trim().slice(0, MOST_TEXT);
  if (text === '') throw new OpsError('invalid_input', 'Say what to analyse.', 'An incident (rca INC-12), or a resource and a time (rca checkout-db last 2h).');
  const named = nameOf(text);
  if (named !== null) return await analyseIncident(ops, named, actor, watch);
  const span = parseSpan(text);
  const resources = mentioned((await ops.store.signals.topology()).resources, span.text);
  if (resources.length === 0) {
    const incident = await resolveIncident(ops, text).catch((thrown: unknown) => {
      if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
      throw thrown;
    });
    if (incident !== null) return await analyseIncident(ops, incident.id, actor, watch);
  }
  const nowMs = ops.clock.now();
  const { matches } = await ops.knowledge.search({ text, limit: 3 }, AbortSignal.timeout(SEARCH_TIMEOUT_MS));
  if (resources.length === 0 && matches.length === 0) {
    throw new OpsError(
      'not_found',
      `Nothing in the account or the knowledge base fits "${text.slice(0, 80)}".`,
      'Name a resource as the cards do, such as "rca ecs/checkout last 1h".',
    );
  }
  const question: Question = { incident: null, subject: { resourceIds: resources.map((one) => one.id), startedAtMs: nowMs - span.ms, nowMs }, matches };
  return { incident: null, title: text, analysis: await runAskedAnalysis(ops, question, watch) };
}

async function analyseIncident(ops: Ops, id: string, actor: Actor, watch: AnalysisWatch): Promise<AnalyseReport> {
  const incident = await requireIncident(ops, id);
  const analysis = await runAskedAnalysis(ops, questionOf(incident, incident.resolvedAtMs ?? ops.clock.now()), watch);
  const kept = await keepAnalysis(ops, incident, analysis, actor);
  return { incident: kept, title: kept.title, analysis };
}

/** "… last 2h" → the rest and the span; an hour when none is named. */
function parseSpan(text: string): { readonly text: string; readonly ms: number } {
  const match = /^(.*?)\s*(?:\blast|最近|过去)\s*(\d{1,4})\s*(m|h|d|min|分钟|小时|天)\w*\s*$/i.exec(text);
  if (match === null) return { text, ms: 3_600_000 };
  const unit = { 分钟: 'm', 小时: 'h', 天: 'd' }[match[3] ?? ''] ?? (match[3] ?? 'h').charAt(0).toLowerCase();
  const ms = Number(match[2]) * (UNIT_MS[unit] ?? 3_600_000);
  if (ms < 60_000 || ms > LONGEST_SPAN_MS) throw new OpsError('invalid_input', 'The time to look at is from 1 minute to 7 days.', 'Write it like "last 2h".');
  return { text: (match[1] ?? '').trim(), ms };
}

/** Resources whose id or name stands in the text as a word of its own. */
function mentioned(resources: readonly Resource[], text: string): readonly Resource[] {
  const words = new Set(text.toLowerCase().split(/[\s,;:!?"'()，。；：]+/));
  return resources.filter((resource) => words.has(resource.id.toLowerCase()) || words.has(resource.name.toLowerCase())).slice(0, 20);
}
