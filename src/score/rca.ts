import { join } from 'node:path';
import { type MetricRef, type MetricSeries, seriesKey } from '../domain/metric.ts';
import type { Topology } from '../domain/resource.ts';
import { silent, type Tell } from '../domain/step.ts';
import type { RcaContext } from '../rca/context.ts';
import { analyse } from '../rca/rank.ts';
import { type CaseFile, readCases, readGraph, readTable, type Table } from './rca-folder.ts';

interface RcaMiss {
  readonly case: string;
  readonly truth: string;
  readonly ranked: readonly string[];
}
interface Recall {
  readonly cases: number;
  readonly top1: number;
  readonly top3: number;
}
interface RcaScore extends Recall {
  readonly specificity: number;
  readonly by_metric: Readonly<Record<string, Recall>>;
  readonly misses: readonly RcaMiss[];
}

const STRETCHES = 20;
const STRETCH_ROWS = 5;

/**
 * Scores root-cause analysis on a folder of cases (format: docs/scoring/rca.md). The ranking is the product's own analysis, fed
 * with the call graph and the metrics only. Throws OpsError('invalid_input') when the folder cannot be read.
 */
export async function scoreRca(dir: string, tell: Tell = silent): Promise<{ json: RcaScore; table: string }> {
  const topology = readGraph(join(dir, 'graph.csv'));
  const normal = readTable(join(dir, 'normal.csv'));
  const cases = readCases(dir);
  const results = cases.map((item, index) => {
    tell(index, cases.length);
    const { target } = item.file;
    const ranked = rank(topology, normal, item.table, target, target.unix_seconds);
    const place = ranked.findIndex((entry) => entry.node === item.file.root_cause.node);
    return { name: item.name, metric: target.metric, truth: item.file.root_cause.node, ranked, place };
  });
  const json: RcaScore = {
    ...recall(results),
    specificity: specificity(topology, normal, cases),
    by_metric: Object.fromEntries(
      [...new Set(results.map((result) => result.metric))].sort().map((metric) => [metric, recall(results.filter((result) => result.metric === metric))]),
    ),
    misses: results
      .filter((result) => result.place !== 0)
      .map(({ name, truth, ranked }) => ({ case: name, truth, ranked: ranked.slice(0, 5).map((entry) => `${entry.node} ${entry.confidence.toFixed(2)}`) })),
  };
  return { json, table: tableOf(json) };
}

function recall(results: readonly { readonly place: number }[]): Recall {
  const share = (within: number): number => (results.length === 0 ? 0 : results.filter(({ place }) => place >= 0 && place < within).length / results.length);
  return { cases: results.length, top1: share(1), top3: share(3) };
}

/** Share of normal stretches in which no cause is named: 20 for each metric complained of, over the second half against the first. */
function specificity(topology: Topology, normal: Table, cases: readonly { readonly file: CaseFile }[]): number {
  const half = Math.floor(normal.rows.length / 2);
  const first = slice(normal, 0, half);
  const targets = new Map(cases.map(({ file }) => [`${file.target.node}|${file.target.metric}|${file.target.statistic}`, file.target]));
  let quiet = 0;
  let all = 0;
  for (const target of targets.values()) {
    for (let index = 0; index < STRETCHES; index += 1) {
      const from = half + Math.round((index * (normal.rows.length - half - STRETCH_ROWS)) / (STRETCHES - 1));
      const stretch = slice(normal, from, from + STRETCH_ROWS);
      all += 1;
      if (rank(topology, first, stretch, target, stretch.times[0] ?? 0).length === 0) quiet += 1;
    }
  }
  return all === 0 ? 0 : quiet / all;
}

function slice(table: Table, from: number, to: number): Table {
  return { columns: table.columns, times: table.times.slice(from, to), rows: table.rows.slice(from, to) };
}

/** Nodes with confidence, best first, as the product's analysis names them. */
function rank(
  topology: Topology,
  normal: Table,
  abnormal: Table,
  target: CaseFile['target'],
  startedAtS: number,
): readonly { node: string; confidence: number }[] {
  const analysis = analyse(contextOf(topology, normal, abnormal, target, startedAtS));
  const best = new Map<string, number>();
  for (const hypothesis of analysis.hypotheses) best.set(hypothesis.resourceId, Math.max(best.get(hypothesis.resourceId) ?? 0, hypothesis.confidence));
  return [...best].map(([node, confidence]) => ({ node, confidence })).sort((a, b) => b.confidence - a.confidence);
}

/** The normal rows are moved to end right before the abnormal ones: only their order is used, wherever they were recorded. */
function contextOf(topology: Topology, normal: Table, abnormal: Table, target: CaseFile['target'], startedAtS: number): RcaContext {
  const periodS = periodOf(abnormal);
  const startS = abnormal.times[0] ?? startedAtS;
  const times = [...normal.times.map((_, index) => startS - (normal.times.length - index) * periodS), ...abnormal.times];
  const series = [...new Set([...normal.columns, ...abnormal.columns])].map((column) => seriesOf(column, times, normal, abnormal, periodS * 1000));
  const refs = refOf(`${target.node}|${target.metric}|${target.statistic}`);
  return {
    incident: null,
    subject: {
      resourceIds: [target.node],
      startedAtMs: startedAtS * 1000,
      nowMs: (abnormal.times.at(-1) ?? startedAtS) * 1000,
      metricKeys: [seriesKey(refs)],
    },
    anomalies: [],
    series,
    changes: [],
    logs: [],
    topology,
    matches: [],
    patterns: [],
    pastIncidents: [],
    posterior: () => null,
    gaps: [],
    actions: [],
  };
}

function seriesOf(column: string, times: readonly number[], normal: Table, abnormal: Table, periodMs: number): MetricSeries {
  const ref = refOf(column);
  const inNormal = normal.columns.indexOf(column);
  const inAbnormal = abnormal.columns.indexOf(column);
  const values = [...normal.rows.map((row) => row[inNormal] ?? null), ...abnormal.rows.map((row) => row[inAbnormal] ?? null)];
  const points = values.flatMap((value, index) => (value === null ? [] : [{ timestampMs: (times[index] ?? 0) * 1000, value }]));
  return { ref, resourceId: ref.dimensions['node'] ?? column, unit: 'None', periodMs, points };
}

function refOf(column: string): MetricRef {
  const parts = column.split('|');
  const [metric = 'value', stat = 'Average'] = parts.slice(-2);
  return { namespace: 'csv', name: metric, dimensions: { node: parts.slice(0, -2).join('|') }, stat };
}

function periodOf(table: Table): number {
  const steps = table.times.slice(1).map((time, index) => time - (table.times[index] ?? time));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 60;
}

function tableOf(score: RcaScore): string {
  const line = (name: string, { cases, top1, top3 }: Recall): string =>
    `${name.padEnd(14)}${String(cases).padStart(6)}${top1.toFixed(3).padStart(8)}${top3.toFixed(3).padStart(8)}`;
  return [
    `${'metric'.padEnd(14)}${'cases'.padStart(6)}${'top-1'.padStart(8)}${'top-3'.padStart(8)}`,
    ...Object.entries(score.by_metric).map(([metric, part]) => line(metric, part)),
    line('all', score),
    `specificity ${score.specificity.toFixed(3)}`,
    ...score.misses.map((miss) => `missed ${miss.case}: ${miss.truth} — named ${miss.ranked.join(', ') || 'nothing'}`),
  ].join('\n');
}
