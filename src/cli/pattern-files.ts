import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../action/catalogue/index.ts';
import { OpsError } from '../domain/errors.ts';
import type { Pattern } from '../domain/pattern.ts';
import { lintPatterns, type PatternFile, type PatternProblem, type Present } from '../pattern/lint.ts';

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_ALL_BYTES = 128 * 1024 * 1024;
const MAX_FILES = 5000;
const MAX_DEPTH = 8;

export interface CheckedFiles {
  readonly files: number;
  readonly patterns: readonly Pattern[]; // all of them, or none
  readonly problems: readonly PatternProblem[];
}

/** Reads a file, or every .json and .jsonl file of a folder, and checks all of it, also against what is known already. Links are not followed. */
export function checkFiles(path: string, present: Present = []): CheckedFiles {
  const names = namesAt(path);
  if (names.length === 0) throw new OpsError('invalid_input', `There is no .json or .jsonl file at ${path}.`, 'Name a pattern file, or a folder with some.');
  const files: PatternFile[] = [];
  let bytes = 0;
  for (const name of names) {
    const { size } = lstatSync(name);
    bytes += size;
    if (size > MAX_FILE_BYTES || bytes > MAX_ALL_BYTES)
      throw new OpsError('invalid_input', `${name} is too much: at most 32 MB a file and 128 MB in all are read.`, 'Split it.');
    files.push({ name, content: readFileSync(name, 'utf8') });
  }
  return { files: files.length, ...lintPatterns(files, new Map(CATALOGUE.map(({ name, risk }) => [name, risk])), present) };
}

export const problemLine = ({ file, line, field, message }: PatternProblem): string => `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`;

function namesAt(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new OpsError('invalid_input', `There is nothing at ${path}.`, 'Name a pattern file, or a folder with some.');
  if (found.isFile()) return [path];
  return found.isDirectory() ? inFolder(path, 0).sort() : [];
}

function inFolder(folder: string, depth: number): string[] {
  const names: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) names.push(...inFolder(path, depth + 1));
    else if (entry.isFile() && /\.jsonl?$/.test(entry.name)) names.push(path);
    if (names.length > MAX_FILES) throw new OpsError('invalid_input', `There are over ${MAX_FILES} files in ${folder}.`, 'Import fewer at once.');
  }
  return names;
}
