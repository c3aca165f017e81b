import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { load as loadVectors } from 'sqlite-vec';
import type { Pattern } from '../src/domain/pattern.ts';
import { openEmbeddedKnowledge } from '../src/embedded/knowledge.ts';
import { loadLibrary } from '../src/embedded/library.ts';
import type { BenchResult } from './types.ts';

const PATTERNS = 10_000;
const SEARCHES = 400;
const WARM_UP = 40;
const UPSERTS = 50;
export const QUERIES: readonly string[] = [
  'EC2 CPU 很高，响应变慢',
  'rds DatabaseConnections high. ecs log: too many connections',
  'ALARM: order-handler Throttles 120 > 0 for 3 datapoints',
  'users say the shop has been slow since the release this morning',
  '缓存命中率骤降，请求全打到数据库',
  'certificate of the API expires in two days',
  'why is the NAT gateway so expensive this month?',
  'lunch menu for friday',
];

/** Search over 10,000 patterns (the library with its words varied) against a bare sqlite-vec scan, k = 10, of the same vectors. */
export async function benchSearch(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-bench-'));
  const knowledge = await openEmbeddedKnowledge(join(folder, 'knowledge.db'));
  try {
    const { patterns } = await loadLibrary();
    const many = Array.from({ length: PATTERNS }, (_, i) => varied(patterns[i % patterns.length] ?? patterns[0], i));
    const saved: Pattern[] = [];
    for (let at = 0; at < many.length; at += 500) saved.push(...(await knowledge.save(many.slice(at, at + 500))));
    const scan = bareScan(saved);
    const signal = new AbortController().signal;
    const searches: number[] = [];
    const scans: number[] = [];
    // By turns, so that whatever else the machine does touches both alike.
    for (let i = -WARM_UP; i < SEARCHES; i += 1) {
      const text = QUERIES[Math.abs(i) % QUERIES.length] ?? '';
      const searchMs = await timed(async () => void (await knowledge.search({ text, limit: 10 }, signal)));
      const scanMs = await timed(async () => scan(Math.abs(i * 37) % saved.length));
      if (i >= 0) {
        searches.push(searchMs);
        scans.push(scanMs);
      }
    }
    const upserts: number[] = [];
    for (let i = 0; i < UPSERTS; i += 1)
      upserts.push(await timed(async () => void (await knowledge.save([varied(many[i * 97], PATTERNS + i, many[i * 97]?.pattern_id)]))));
    const figures = { p50_ms: at(searches, 0.5), p99_ms: at(searches, 0.99), upsert_ms: at(upserts, 0.5), patterns: PATTERNS };
    return { name: 'search', figures, ratio: round(at(searches, 0.5) / at(scans, 0.5)), against: 'a bare sqlite-vec scan of the same vectors' };
  } finally {
    await knowledge.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A pattern of its own: another id, and words that no other has. */
export function varied(pattern: Pattern | undefined, i: number, id?: string): Pattern {
  if (pattern === undefined) throw new Error('the library is empty');
  const { embedding: _, ...rest } = pattern;
  const mark = `team${i % 211} service${i} region${i % 17}`;
  return { ...rest, pattern_id: id ?? `PAT-${100_000 + i}`, description: `${pattern.description.slice(0, 3000)} Seen at ${mark}.` };
}

function bareScan(patterns: readonly Pattern[]): (i: number) => void {
  const db = new Database(':memory:');
  loadVectors(db);
  const vectors = patterns.map((pattern) => Float32Array.from(pattern.embedding ?? []));
  db.exec(`CREATE VIRTUAL TABLE vectors USING vec0(vector float[${vectors[0]?.length ?? 0}])`);
  const insert = db.prepare('INSERT INTO vectors (rowid, vector) VALUES (?, ?)');
  db.transaction(() => {
    vectors.forEach((vector, i) => {
      insert.run(BigInt(i + 1), Buffer.from(vector.buffer));
    });
  })();
  const search = db.prepare('SELECT rowid, distance FROM vectors WHERE vector MATCH ? AND k = 10');
  return (i) => void search.all(Buffer.from((vectors[i] ?? new Float32Array()).buffer));
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
export function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
