import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { Topology } from '../domain/resource.ts';

// Reads a folder of cases, as docs/scoring/rca.md describes it.

const CaseSchema = z.object({
  target: z.object({ node: z.string().min(1), metric: z.string().min(1), statistic: z.string().min(1), unix_seconds: z.number() }),
  root_cause: z.object({ node: z.string().min(1) }),
});
export type CaseFile = z.infer<typeof CaseSchema>;

/** Rows of a metrics file: `unix_seconds`, then one value a column; null is a gap. */
export interface Table {
  readonly columns: readonly string[]; // node|metric|statistic
  readonly times: readonly number[];
  readonly rows: readonly (readonly (number | null)[])[];
}

function readText(path: string): string {
  if (!existsSync(path))
    throw new OpsError('invalid_input', `There is no file ${path}.`, 'A folder of cases holds graph.csv, normal.csv and cases/*/; see docs/scoring/rca.md.');
  return readFileSync(path, 'utf8');
}

export function readGraph(path: string): Topology {
  const rows = parse(readText(path), { columns: true, skip_empty_lines: true, trim: true }) as Record<string, string>[];
  const dependencies = rows.flatMap(({ caller, callee }) => (caller && callee ? [{ from: caller, to: callee, kind: 'calls' as const }] : []));
  if (dependencies.length === 0) throw new OpsError('invalid_input', `${path} names no dependency.`, 'It needs the columns caller and callee.');
  const ids = [...new Set(dependencies.flatMap(({ from, to }) => [from, to]))];
  return {
    resources: ids.map((id) => ({ id, kind: kindOf(id), name: id.slice(0, 200), service: null, environment: null, zone: null, tags: {} })),
    dependencies,
  };
}

/** Traces name a node `name_type`; `remote` and `client` are the types of what is only seen from its caller's side. */
function kindOf(node: string): string {
  return /_(remote|client)$/.exec(node)?.[1] ?? 'node';
}

export function readTable(path: string): Table {
  const [header = [], ...lines] = parse(readText(path), { skip_empty_lines: true, relax_column_count: true }) as string[][];
  if (header[0] !== 'unix_seconds')
    throw new OpsError('invalid_input', `${path} does not start with the column unix_seconds.`, 'See docs/scoring/rca.md for the format.');
  const numbers = lines.map((line) => line.map((cell) => (cell.trim() === '' || !Number.isFinite(Number(cell)) ? null : Number(cell))));
  const rows = numbers.filter((row) => row[0] !== null).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  return { columns: header.slice(1), times: rows.map((row) => row[0] ?? 0), rows: rows.map((row) => row.slice(1)) };
}

export function readCases(dir: string): readonly { readonly name: string; readonly file: CaseFile; readonly table: Table }[] {
  const folder = join(dir, 'cases');
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => statSync(join(folder, name)).isDirectory())
        .sort()
    : [];
  if (names.length === 0) throw new OpsError('invalid_input', `There are no cases in ${folder}.`, 'Each case is a folder with case.json and abnormal.csv.');
  return names.map((name) => ({ name, file: readCase(join(folder, name, 'case.json')), table: readTable(join(folder, name, 'abnormal.csv')) }));
}

function readCase(path: string): CaseFile {
  try {
    return CaseSchema.parse(JSON.parse(readText(path)));
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw new OpsError(
      'invalid_input',
      `${path} is not a case: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`,
      'See docs/scoring/rca.md.',
      { cause: error },
    );
  }
}
