import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';

const FOLDER = join(import.meta.dirname, 'library');

/** The knowledge that ships: patterns, and every file of it under its key in the archive (patterns, runbooks, SOPs). */
export interface Library {
  readonly patterns: readonly Pattern[];
  readonly files: readonly { readonly key: string; readonly content: string }[];
}

export async function loadLibrary(): Promise<Library> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(paths.map(async (path) => ({ key: relative(FOLDER, path).split(sep).join('/'), content: await readFile(path, 'utf8') })));
  files.sort((a, b) => (a.key < b.key ? -1 : 1));
  const patterns = files.filter(({ key }) => key.startsWith('patterns/')).map(({ content }) => PatternSchema.parse(JSON.parse(content)));
  return { patterns: patterns.sort((a, b) => (a.pattern_id < b.pattern_id ? -1 : 1)), files };
}
