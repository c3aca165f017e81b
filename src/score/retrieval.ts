import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import { MATCH_THRESHOLD, type PatternMatch, PatternSchema } from '../domain/pattern.ts';
import { silent, type Tell } from '../domain/step.ts';
import { openEmbeddedKnowledge } from '../embedded/knowledge.ts';

interface Query {
  readonly language: string;
  readonly text: string;
  readonly expected: readonly string[]; // empty: nothing should match
}
interface Figures {
  readonly recall_at_1: number;
  readonly recall_at_5: number;
  readonly mrr: number;
  readonly matched: number; // a right pattern over the threshold
}
export interface RetrievalScore {
  readonly en: Figures;
  readonly zh: Figures;
  readonly false_matches: number; // share of the queries that should match nothing
  readonly latency_ms: { readonly p50: number; readonly p99: number };
}
interface Answer {
  readonly query: Query;
  readonly matches: readonly PatternMatch[];
}

/** Scores the embedded knowledge base on a folder with patterns.jsonl and queries.tsv; only these patterns are indexed. */
export async function scoreRetrieval(dir: string, tell: Tell = silent): Promise<{ json: RetrievalScore; table: string }> {
  const knowledge = await openEmbeddedKnowledge(':memory:');
  try {
    await knowledge.save(readText(join(dir, 'patterns.jsonl')).map((line) => PatternSchema.parse(JSON.parse(line))));
    const answers: Answer[] = [];
    const times: number[] = [];
    const queries = readQueries(dir);
    for (const query of queries) {
      tell(answers.length, queries.length);
      const started = performance.now();
      const { matches } = await knowledge.search({ text: query.text, limit: 10 }, new AbortController().signal);
      times.push(performance.now() - started);
      answers.push({ query, matches });
    }
    const json = figures(answers, times);
    return { json, table: table(json) };
  } finally {
    await knowledge.close();
  }
}

function figures(answers: readonly Answer[], times: number[]): RetrievalScore {
  const none = answers.filter(({ query }) => query.expected.length === 0);
  const wrong = none.filter(({ matches }) => (matches[0]?.similarity ?? 0) > MATCH_THRESHOLD).length;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    en: ofLanguage(answers, 'en'),
    zh: ofLanguage(answers, 'zh'),
    false_matches: share(wrong, none.length),
    latency_ms: { p50: at(0.5), p99: at(0.99) },
  };
}

function ofLanguage(answers: readonly Answer[], language: string): Figures {
  const asked = answers.filter(({ query }) => query.language === language && query.expected.length > 0);
  const ranks = asked.map(({ query, matches }) => matches.findIndex(({ patternId }) => query.expected.includes(patternId)));
  const over = asked.filter(({ query, matches }) => matches.some((match) => match.similarity > MATCH_THRESHOLD && query.expected.includes(match.patternId)));
  return {
    recall_at_1: share(ranks.filter((rank) => rank === 0).length, asked.length),
    recall_at_5: share(ranks.filter((rank) => rank >= 0 && rank < 5).length, asked.length),
    mrr: share(
      ranks.reduce((sum, rank) => sum + (rank < 0 ? 0 : 1 / (rank + 1)), 0),
      asked.length,
    ),
    matched: share(over.length, asked.length),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000);

function table(score: RetrievalScore): string {
  const row = (name: string, f: Figures): string =>
    [name, f.recall_at_1, f.recall_at_5, f.mrr, f.matched].map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell).padEnd(10)).join('');
  const { p50, p99 } = score.latency_ms;
  return [
    ['language', 'recall@1', 'recall@5', 'MRR', 'over 0.7'].map((cell) => cell.padEnd(10)).join(''),
    row('en', score.en),
    row('zh', score.zh),
    `false matches ${score.false_matches.toFixed(3)}   latency p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
  ].join('\n');
}

function readQueries(dir: string): Query[] {
  const [header, ...rows] = readText(join(dir, 'queries.tsv')).map((line) => line.split('\t'));
  const column = (name: string): number => header?.indexOf(name) ?? -1;
  const [language, text, expected] = [column('lang'), column('query'), column('expected')];
  if (language < 0 || text < 0 || expected < 0)
    throw new OpsError('invalid_input', 'queries.tsv needs the columns lang, query and expected.', 'See docs/scoring/retrieval.md.');
  return rows.map((row) => ({
    language: row[language] ?? '',
    text: row[text] ?? '',
    expected: (row[expected] ?? '-') === '-' ? [] : (row[expected] ?? '').split(',').map((id) => id.trim()),
  }));
}

function readText(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean);
  } catch (error) {
    throw new OpsError('invalid_input', `${path} cannot be read.`, 'Name a folder with patterns.jsonl and queries.tsv.', { cause: error });
  }
}
