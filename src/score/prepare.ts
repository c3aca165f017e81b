import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';

const KINDS = { nab, ops, petshop, loghub } as const;

/**
 * Turns a checkout of a public benchmark's repository into a folder that `score` reads (docs/scoring/detection.md):
 * nab = numenta/NAB, ops = microsoft/cloud-monitoring-dataset, petshop = amazon-science/petshop-root-cause-analysis,
 * loghub = logpai/logparser (labels as corrected there). Errors: OpsError('invalid_input') when the checkout is not that repository.
 */
export async function prepare(kind: string, checkout: string, out: string): Promise<void> {
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
  if (make === undefined) throw new OpsError('invalid_input', `"${kind}" cannot be prepared.`, `Prepare one of ${Object.keys(KINDS).join(', ')}.`);
  if (make(checkout, out) > 0) return;
  throw new OpsError('invalid_input', `${checkout} holds nothing that belongs to ${kind}.`, 'Give the folder of a complete checkout of its repository.');
}

function read(path: string): string {
  if (!existsSync(path)) throw new OpsError('invalid_input', `There is no file ${path}.`, 'Give the folder of a complete checkout of the repository.');
  return readFileSync(path, 'utf8');
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text.endsWith('\n') ? text : `${text}\n`);
}

const folders = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];
const csvFiles = (dir: string): readonly string[] => readdirSync(dir).filter((name) => name.endsWith('.csv'));

const WindowsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

function nab(checkout: string, out: string): number {
  const windows = WindowsSchema.parse(JSON.parse(read(join(checkout, 'labels/combined_windows.json'))));
  const named: Record<string, unknown> = {};
  for (const [path, spans] of Object.entries(windows)) {
    const name = path.replace('/', '__');
    write(join(out, 'series', name), read(join(checkout, 'data', path)));
    named[name] = spans;
  }
  write(join(out, 'windows.json'), JSON.stringify(named, null, 1));
  return Object.keys(named).length;
}

function ops(checkout: string, out: string): number {
  let count = 0;
  for (const folder of folders(join(checkout, 'data')))
    for (const file of csvFiles(join(checkout, 'data', folder))) {
      const [header = '', ...rows] = read(join(checkout, 'data', folder, file))
        .trimEnd()
        .split(/\r?\n/);
      write(join(out, 'series', `${folder}__${file}`), [header.toLowerCase(), ...rows].join('\n'));
      count += 1;
    }
  return count;
}

const TargetSchema = z.object({
  target: z.object({ node: z.string(), metric: z.string(), agg: z.string(), timestamp: z.number() }),
  root_cause: z.object({ node: z.string() }),
});

function petshop(checkout: string, out: string): number {
  let count = 0;
  for (const scenario of folders(join(checkout, 'dataset'))) {
    const from = join(checkout, 'dataset', scenario);
    write(join(out, scenario, 'graph.csv'), edges(read(join(from, 'graph.csv'))));
    write(join(out, scenario, 'normal.csv'), flat(read(join(from, 'noissue/metrics.csv'))));
    for (const split of ['train', 'test'])
      for (const issue of folders(join(from, split))) {
        const { target, root_cause } = TargetSchema.parse(JSON.parse(read(join(from, split, issue, 'target.json'))));
        const { node, metric, agg, timestamp } = target;
        const folder = join(out, scenario, 'cases', `${split}_${issue}`);
        write(join(folder, 'abnormal.csv'), flat(read(join(from, split, issue, 'metrics.csv'))));
        write(
          join(folder, 'case.json'),
          JSON.stringify({ target: { node, metric, statistic: agg, unix_seconds: timestamp }, root_cause: { node: root_cause.node } }),
        );
        count += 1;
      }
  }
  return count;
}

const rowsOf = (text: string): string[][] => parse(text, { relax_column_count: true, skip_empty_lines: true });
const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** An adjacency matrix (a row calls the columns that hold 1) as `caller,callee`. */
function edges(text: string): string {
  const [header = [], ...rows] = rowsOf(text);
  const pairs = rows.flatMap(([caller = '', ...cells]) => cells.flatMap((value, column) => (Number(value) > 0 ? [[caller, header[column + 1] ?? '']] : [])));
  return ['caller,callee', ...pairs.map((pair) => pair.map(cell).join(','))].join('\n');
}

/** Three header rows (node, metric, statistic) as one: `node|metric|statistic`. */
function flat(text: string): string {
  const [nodes = [], metrics = [], statistics = [], , ...rows] = rowsOf(text);
  const names = nodes.slice(1).map((node, column) => cell(`${node}|${metrics[column + 1]}|${statistics[column + 1]}`));
  return [['unix_seconds', ...names].join(','), ...rows.map((row) => row.map(cell).join(','))].join('\n');
}

function loghub(checkout: string, out: string): number {
  const root = join(checkout, 'data/loghub_2k_corrected');
  for (const log of folders(root)) {
    const rows: Record<string, string>[] = parse(read(join(root, log, `${log}_2k.log_structured_corrected.csv`)), { columns: true, bom: true });
    write(join(out, log, 'lines.txt'), rows.map((row) => row['Content'] ?? '').join('\n'));
    write(join(out, log, 'templates.txt'), rows.map((row) => row['EventTemplate'] ?? '').join('\n'));
  }
  return folders(root).length;
}
