import { z } from 'zod';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';
import type { Risk } from '../domain/risk.ts';
import { patternKey } from './archive-keys.ts';

const MAX_FILE_CHARS = 200_000;
const MAX_FILES = 5000;
/** Slack reads `<!channel>`, `<@U…>`, `<#C…>` and `<http…|text>` as more than text. */
const MENTION = /<[!@#][^>]*>?|<[a-z]+:[^>]*>|@(?:channel|here|everyone)\b/i;
/** Control characters and marks that turn the direction of text can hide what a line says. */
const HIDDEN = /[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069]/u;

/** One thing that is wrong with a pattern file: where (`file:line`, field) and what, in words. */
export interface PatternProblem {
  readonly file: string;
  readonly line: number; // 1-based
  readonly field: string; // solutions[0].action; empty for the whole file
  readonly message: string;
}

export interface PatternFile {
  readonly name: string;
  readonly content: string; // a JSON object, or several, one a line (.jsonl)
}

/** Action of the catalogue → its own risk. */
export type KnownActions = ReadonlyMap<string, Risk>;

/** What is in the knowledge base already: patterns may not take its titles, nor bring vectors of another length. */
export type Present = readonly Pick<Pattern, 'pattern_id' | 'category' | 'title' | 'embedding'>[];

/** All or nothing: the patterns when every file is in order, otherwise every problem of every file. */
export function lintPatterns(
  files: readonly PatternFile[],
  actions: KnownActions,
  present: Present = [],
): { patterns: readonly Pattern[]; problems: readonly PatternProblem[] } {
  if (files.length > MAX_FILES) {
    const message = `There are ${files.length} files; at most ${MAX_FILES} are read at once.`;
    return { patterns: [], problems: [{ file: files[0]?.name ?? '', line: 1, field: '', message }] };
  }
  const patterns: Pattern[] = [];
  const problems: PatternProblem[] = [];
  const places = new Map<string, string>();
  const together: Placed[] = [];
  for (const record of files.flatMap(recordsOf)) {
    const report = (field: string, message: string): void => {
      problems.push({ file: record.file, line: lineOf(record, field), field, message });
    };
    const pattern = readRecord(record, report);
    if (pattern === null) continue;
    checkActions(pattern, actions, report);
    for (const { field, message } of checkTexts(pattern)) report(field, message);
    const before = places.get(pattern.pattern_id);
    if (before !== undefined) report('pattern_id', `${pattern.pattern_id} is also in ${before}.`);
    places.set(pattern.pattern_id, `${record.file}:${record.firstLine}`);
    patterns.push(pattern);
    together.push({ pattern, place: `${record.file}:${record.firstLine}`, report });
  }
  checkTogether(together, present);
  return problems.length > 0 ? { patterns: [], problems } : { patterns, problems };
}

/** What keeps one pattern from being saved, in words; empty when nothing does. */
export function patternProblems(pattern: Pattern, actions: KnownActions): string[] {
  const parsed = PatternSchema.safeParse(pattern);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${fieldName(issue.path)}: ${issue.message}`);
  const problems: string[] = [];
  checkActions(pattern, actions, (field, message) => problems.push(`${field}: ${message}`));
  return [...problems, ...checkTexts(pattern).map(({ field, message }) => `${field}: ${message}`)];
}

interface Placed {
  readonly pattern: Pattern;
  readonly place: string;
  readonly report: Report;
}

/** The archive goes by titles, and one index holds vectors of one length. */
function checkTogether(placed: readonly Placed[], present: Present): void {
  const replaced = new Set(placed.map(({ pattern }) => pattern.pattern_id));
  const stay = present.filter(({ pattern_id }) => !replaced.has(pattern_id));
  const owners = new Map(stay.map((one) => [patternKey(one), { id: one.pattern_id, where: 'the knowledge base' }]));
  let dimensions = present[0]?.embedding?.length ?? null;
  for (const { pattern, place, report } of placed) {
    const owner = owners.get(patternKey(pattern));
    if (owner === undefined) owners.set(patternKey(pattern), { id: pattern.pattern_id, where: place });
    else if (owner.id !== pattern.pattern_id) report('title', `${owner.id} in ${owner.where} has the same title. Give one of them another, or leave it out.`);
    const length = pattern.embedding?.length;
    if (length === undefined) continue;
    dimensions ??= length;
    if (length !== dimensions)
      report(
        'embedding',
        `It has ${length} numbers; ${present.length > 0 ? 'the knowledge base uses' : 'the first has'} ${dimensions}. Leave it out: it is made anew.`,
      );
  }
}

interface Record_ {
  readonly file: string;
  readonly text: string;
  readonly firstLine: number;
}
type Report = (field: string, message: string) => void;

function recordsOf(file: PatternFile): Record_[] {
  if (!file.name.endsWith('.jsonl')) return [{ file: file.name, text: file.content, firstLine: 1 }];
  return file.content
    .split('\n')
    .map((text, i) => ({ file: file.name, text, firstLine: i + 1 }))
    .filter(({ text }) => text.trim() !== '');
}

function readRecord(record: Record_, report: Report): Pattern | null {
  if (record.text.length > MAX_FILE_CHARS) {
    report('', `The record has ${record.text.length} characters; at most ${MAX_FILE_CHARS} are allowed.`);
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(record.text);
  } catch (error) {
    report('', `This is not JSON: ${(error as Error).message}`);
    return null;
  }
  const parsed = z.strictObject(PatternSchema.shape).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) report(fieldName(issue.path), issue.message);
  return null;
}

function checkActions(pattern: Pattern, actions: KnownActions, report: Report): void {
  pattern.solutions.forEach(({ action, risk }, i) => {
    const known = actions.get(action);
    if (known === undefined) report(`solutions[${i}].action`, `There is no action "${action}". Known are: ${[...actions.keys()].sort().join(', ')}.`);
    else if (known !== risk) report(`solutions[${i}].risk`, `The risk of ${action} is ${known}, not ${risk}.`);
  });
}

function checkTexts(pattern: Pattern): { field: string; message: string }[] {
  const texts: [string, string][] = [
    ['title', pattern.title],
    ['description', pattern.description],
    ...pattern.symptoms.map((text, i): [string, string] => [`symptoms[${i}]`, text]),
    ...pattern.root_causes.map((text, i): [string, string] => [`root_causes[${i}]`, text]),
  ];
  return texts.flatMap(([field, text]) => {
    if (MENTION.test(text)) return [{ field, message: 'Mentions and links in angle brackets are not allowed.' }];
    if (HIDDEN.test(field === 'description' ? text.replaceAll('\n', ' ') : text)) return [{ field, message: 'Hidden or control characters are not allowed.' }];
    return [];
  });
}

const fieldName = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`)).join('');

/** The line on which a field stands: its key is looked for, list items by counting on from there. */
function lineOf(record: Record_, field: string): number {
  const lines = record.text.split('\n');
  const parts = field.split(/[.[\]]+/).filter(Boolean);
  let at = 0;
  for (const part of parts) {
    const index = /^\d+$/.test(part) ? Number(part) : null;
    const next = index === null ? lines.findIndex((line, i) => i >= at && line.includes(`"${part}"`)) : itemLine(lines, at, index);
    if (next < 0) break;
    at = next;
  }
  return record.firstLine + at;
}

function itemLine(lines: readonly string[], from: number, index: number): number {
  let left = index;
  for (let at = from + 1; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (line === '{' || line.startsWith('"') || line.startsWith('{ ')) {
      if (left === 0 && !/^"[a-z_]+":/.test(line)) return at;
      if (!/^"[a-z_]+":/.test(line)) left -= 1;
    }
  }
  return -1;
}
