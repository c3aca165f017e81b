import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { MATCH_THRESHOLD } from '../../src/domain/pattern.ts';
import { type Embedder, embed } from '../../src/embedded/embedding.ts';
import { type EmbeddedKnowledge, type KnowledgeOptions, openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { loadLibrary } from '../../src/embedded/library.ts';
import { aPattern, BUCKET, DATABASE, knowledgeContract } from '../contracts/knowledge.ts';

const open: EmbeddedKnowledge[] = [];
const folders: string[] = [];
const opened = async (path = ':memory:', options: KnowledgeOptions = {}): Promise<EmbeddedKnowledge> => {
  const base = await openEmbeddedKnowledge(path, options);
  open.push(base);
  return base;
};
const file = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-knowledge-'));
  folders.push(folder);
  return join(folder, 'knowledge.db');
};
afterEach(async () => {
  for (const base of open.splice(0)) await base.close().catch(() => {});
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** An embedder of another kind and length: counts letters. */
const letters = (dimensions: number): Embedder => ({
  name: `letters/${dimensions}`,
  dimensions,
  embed: async (texts) => texts.map((text) => Float32Array.from({ length: dimensions }, (_, i) => text.length % (i + 2))),
});

knowledgeContract('The embedded knowledge base', () => opened());

describe('The embedded knowledge base', () => {
  it('keeps its patterns over a restart', async () => {
    const path = file();
    const first = await opened(path);
    const saved = await first.save([aPattern('PAT-001'), DATABASE]);
    await first.close();
    const second = await opened(path);
    expect(await second.list()).toEqual(saved);
    expect((await second.search({ text: 'too many connections to the database', limit: 1 }, signal())).matches[0]?.patternId).toBe('PAT-002');
  });

  it('sees what another connection to the same file saved and removed', async () => {
    const path = file();
    const [one, two] = [await opened(path), await opened(path)];
    await one.save([DATABASE]);
    const found = async (): Promise<number> => (await two.search({ text: 'too many connections', limit: 5 }, signal())).matches.length;
    expect(await found()).toBe(1);
    await one.remove(['PAT-002']);
    expect(await found()).toBe(0);
  });

  it('refuses a file that another embedder made, whatever its dimensions', async () => {
    const path = file();
    await (await opened(path)).save([DATABASE]);
    await expect(opened(path, { embedder: letters(8) })).rejects.toMatchObject({ code: 'conflict' });
    await expect(opened(path, { embedder: letters(384) })).rejects.toMatchObject({ code: 'conflict' });
    expect(await (await opened(path)).list()).toHaveLength(1);
  });

  it('reads its patterns anew when the lexicon has changed since, and keeps vectors that it did not make', async () => {
    for (const options of [{}, { embedder: letters(8) }]) {
      const path = file();
      const first = await opened(path, options);
      const saved = await first.save([DATABASE]);
      await first.close();
      const db = new Database(path);
      db.exec("UPDATE meta SET value = 'another' WHERE key = 'lexicon'; UPDATE patterns SET profile = zeroblob(8)");
      db.close();
      const second = await opened(path, options);
      expect(await second.list()).toEqual(saved);
      expect((await second.search({ text: 'too many connections', limit: 1 }, signal())).matches[0]?.similarity).toBeGreaterThan(MATCH_THRESHOLD);
    }
  });

  it('works with an embedder of its own, and without it when it does not answer', async () => {
    let broken = false;
    const embedder: Embedder = {
      ...letters(8),
      embed: async (texts, abort) => {
        if (broken) throw new Error('no answer');
        return await letters(8).embed(texts, abort);
      },
    };
    const base = await opened(':memory:', { embedder });
    const [saved] = await base.save([DATABASE]);
    expect(saved?.embedding).toHaveLength(8);
    broken = true;
    expect((await base.search({ text: 'too many connections', limit: 1 }, signal())).matches[0]?.patternId).toBe('PAT-002');
  });

  it('weighs in what a model holds to stand out, beside the lexicon', async () => {
    const others = Array.from({ length: 9 }, (_, i) => aPattern(`PAT-${100 + i}`, { title: `Problem ${i}`, symptoms: [`symptom ${i}`] }));
    const model = (pointed: boolean): Embedder => ({
      name: 'pointed/2',
      dimensions: 2,
      embed: async (texts) => texts.map((text) => Float32Array.from(pointed && text.toLowerCase().includes('too many connections') ? [1, 0] : [0.3, 1])),
    });
    const similarity = async (pointed: boolean): Promise<number> => {
      const base = await opened(':memory:', { embedder: model(pointed) });
      await base.save([DATABASE, ...others]);
      const { matches } = await base.search({ text: 'sessions: too many connections', limit: 1 }, signal());
      expect(matches[0]?.patternId).toBe('PAT-002');
      return matches[0]?.similarity ?? 0;
    };
    expect(await similarity(true)).toBeGreaterThan(await similarity(false));
  });

  it('refuses a vector of the wrong length from its embedder, and saves nothing', async () => {
    const base = await opened(':memory:', { embedder: { ...letters(8), embed: async (texts) => texts.map(() => new Float32Array(3)) } });
    await expect(base.save([aPattern('PAT-001')])).rejects.toMatchObject({ code: 'internal' });
    expect(await base.list()).toEqual([]);
    expect((await base.search({ text: 'EC2 CPU high', limit: 1 }, signal())).matches).toEqual([]);
  });

  it('embeds everything anew, with progress, and finds as before', async () => {
    const base = await opened();
    const { patterns } = await loadLibrary();
    const saved = await base.save(patterns);
    const seen: number[] = [];
    await base.reembed((done, all) => seen.push(done / all), signal());
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBeGreaterThan(1);
    expect(await base.list()).toEqual(saved);
    expect((await base.search({ text: 'EC2 CPU 很高，响应变慢', limit: 1 }, signal())).matches[0]?.patternId).toBe('PAT-001');
  });

  it('says in the language of the question what the two have in common', async () => {
    const base = await opened();
    await base.save([aPattern('PAT-001'), BUCKET]);
    const why = async (text: string): Promise<readonly string[]> => (await base.search({ text, limit: 1 }, signal())).matches[0]?.why ?? [];
    expect(await why('EC2 CPU 很高')).toContain('高');
    expect(await why('the CPU of the EC2 box is very high')).toContain('high');
  });

  it('gives the same unit vector for the same text, and words of one meaning lie close in both languages', () => {
    const dot = (a: string, b: string): number => embed(a).reduce((sum, value, i) => sum + value * (embed(b)[i] ?? 0), 0);
    expect([...embed('EC2 CPU high')]).toEqual([...embed('EC2 CPU high')]);
    expect(dot('EC2 CPU high', 'EC2 CPU high')).toBeCloseTo(1, 5);
    expect(dot('数据库连接数打满', 'database connections exhausted')).toBeGreaterThan(0.6);
    expect(dot('数据库连接数打满', 'public bucket')).toBeLessThan(0.3);
  });

  it('finds the shipped patterns by the words of an incident, in either language', async () => {
    const base = await opened();
    await base.save((await loadLibrary()).patterns);
    const expected: [string, string][] = [
      ['ecs CPUUtilization high 97 %', 'ECS Service CPU Saturated'],
      ['ecs MemoryUtilization high 95 %. ecs log: container killed, OutOfMemoryError', 'ECS Service Memory Leak'],
      ['rds DatabaseConnections high. ecs log: too many connections', 'RDS Connections Exhausted'],
      ['ec2 disk_used_percent high 92 %, soon at its limit', 'Disk Filling Up'],
      ['lambda Throttles high', 'Lambda Function Throttled'],
      ['elasticache CacheHitRate low. rds CPUUtilization high', 'Cache Miss Storm'],
      ['sqs ApproximateNumberOfMessagesVisible high. sqs ApproximateAgeOfOldestMessage high', 'SQS Queue Backlog Growing'],
      ['acm DaysToExpiry low', 'TLS Certificate Expiring'],
      ['发布之后接口报错', 'Bad Deployment Raises Errors'],
      ['改了配置以后服务一直超时', 'Bad Configuration Change'],
      ['只有一个可用区的实例报错', 'Availability Zone Impaired'],
      ['旧快照堆了几千个，账单越来越高', 'Old EBS Snapshots Accumulating'],
      ['有人用访问密钥在陌生 IP 调用 API', 'Suspicious IAM Activity'],
      ['慢查询把数据库拖垮了', 'RDS CPU High From Slow Queries'],
      ['大促流量暴涨，服务扛不住', 'Traffic Surge Beyond Capacity'],
    ];
    for (const [text, title] of expected) {
      const [best] = (await base.search({ text, limit: 1 }, signal())).matches;
      expect.soft([text, best?.title, (best?.similarity ?? 0) > MATCH_THRESHOLD]).toEqual([text, title, true]);
    }
  });
});
