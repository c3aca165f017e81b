import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import { silent, type Tell } from '../domain/step.ts';
import { LogMiner } from '../pattern/templates/miner.ts';

const SPEED_LINES = 1_000_000;

interface LogFigures {
  readonly grouping_accuracy: number; // share of lines whose group holds exactly the lines of their true group
  readonly f1_grouping_accuracy: number; // the same over groups
  readonly f1_template_accuracy: number; // group and text both right
  readonly lines_per_second: number;
}
export interface TemplatesScore {
  readonly mean: LogFigures;
  readonly logs: Readonly<Record<string, LogFigures>>;
}

/** Scores the miner on a folder of logs, each with lines.txt and templates.txt, with its one default setting. */
export async function scoreTemplates(dir: string, tell: Tell = silent): Promise<{ json: TemplatesScore; table: string }> {
  const names = logFolders(dir);
  const logs: Record<string, LogFigures> = {};
  for (const [index, name] of names.entries()) {
    tell(index, names.length);
    logs[name] = scoreLog(readLines(join(dir, name, 'lines.txt')), readLines(join(dir, name, 'templates.txt')));
  }
  const all = Object.values(logs);
  const mean = (pick: (figures: LogFigures) => number): number => round(all.reduce((sum, figures) => sum + pick(figures), 0) / all.length);
  const json: TemplatesScore = {
    mean: {
      grouping_accuracy: mean((f) => f.grouping_accuracy),
      f1_grouping_accuracy: mean((f) => f.f1_grouping_accuracy),
      f1_template_accuracy: mean((f) => f.f1_template_accuracy),
      lines_per_second: Math.round(mean((f) => f.lines_per_second)),
    },
    logs,
  };
  return { json, table: table(json) };
}

function scoreLog(lines: readonly string[], truth: readonly string[]): LogFigures {
  if (lines.length !== truth.length)
    throw new OpsError('invalid_input', `lines.txt has ${lines.length} lines, templates.txt ${truth.length}.`, 'Line i of one belongs to line i of the other.');
  const miner = new LogMiner();
  const ids = lines.map((line) => miner.add(line)).map((id) => miner.resolve(id));
  return { ...groupFigures(ids, truth, (id) => miner.template(id)), lines_per_second: speed(lines) };
}

/** `ids[i]` is the group found for the line whose true template is `truth[i]`; `template` gives a group's text. */
export function groupFigures(ids: readonly number[], truth: readonly string[], template: (id: number) => string | null): Omit<LogFigures, 'lines_per_second'> {
  const found = indexesBy(ids);
  const real = indexesBy(truth);
  let lineHits = 0;
  let groupHits = 0;
  let textHits = 0;
  for (const [id, at] of found) {
    const text = truth[at[0] ?? 0] ?? '';
    if (real.get(text)?.length !== at.length || at.some((i) => truth[i] !== text)) continue;
    lineHits += at.length;
    groupHits += 1;
    if (template(id) === text) textHits += 1;
  }
  const f1 = (hits: number): number => round((2 * hits) / (found.size + real.size));
  return { grouping_accuracy: round(lineHits / ids.length), f1_grouping_accuracy: f1(groupHits), f1_template_accuracy: f1(textHits) };
}

/** One core, after a warm-up, over the lines repeated to at least a million. */
function speed(lines: readonly string[]): number {
  const miner = new LogMiner();
  for (let round = 0; round < 3; round += 1) for (const line of lines) miner.add(line);
  const rounds = Math.ceil(SPEED_LINES / lines.length);
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) for (const line of lines) miner.add(line);
  return Math.round((rounds * lines.length * 1000) / (performance.now() - started));
}

function indexesBy<K>(keys: readonly K[]): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  keys.forEach((key, i) => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  return groups;
}

function table(score: TemplatesScore): string {
  const row = (name: string, f: LogFigures): string =>
    [name, f.grouping_accuracy.toFixed(3), f.f1_grouping_accuracy.toFixed(3), f.f1_template_accuracy.toFixed(3), String(f.lines_per_second)]
      .map((cell) => cell.padEnd(14))
      .join('');
  const head = ['log', 'grouping', 'F1 grouping', 'F1 template', 'lines/s'].map((cell) => cell.padEnd(14)).join('');
  return [head, ...Object.entries(score.logs).map(([name, figures]) => row(name, figures)), row('mean', score.mean)].join('\n');
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

function logFolders(dir: string): string[] {
  try {
    const names = readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    if (names.length > 0) return names;
  } catch (error) {
    throw new OpsError('invalid_input', `${dir} cannot be read.`, 'Name a folder of logs.', { cause: error });
  }
  throw new OpsError('invalid_input', `There are no logs in ${dir}.`, 'Each log is a folder with lines.txt and templates.txt.');
}

function readLines(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  } catch (error) {
    throw new OpsError('invalid_input', `${path} cannot be read.`, 'Each log is a folder with lines.txt and templates.txt.', { cause: error });
  }
}
