import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { S3Archive } from '../../src/aws/archive.ts';
import { Ingestion } from '../../src/aws/ingestion.ts';
import { BEDROCK, BEDROCK_IS_AWAY, BedrockKnowledge } from '../../src/aws/knowledge.ts';
import { scopesOf } from '../../src/aws/scope.ts';
import type { KnowledgeBase } from '../../src/domain/ports.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { archiveContract } from '../contracts/archive.ts';
import { aPattern, knowledgeContract } from '../contracts/knowledge.ts';
import { type Double, startDouble } from './double/server.ts';
import { builder, endpoint, first, motoUrl, REGION, resetMoto, settingsOf, signal, systemClock } from './support.ts';

const settings = settingsOf({
  bucket: 'opsloop',
  knowledge: { knowledge_base_id: 'KB00000001', data_source_id: 'DS00000001', timeout_ms: 400, ingest_after_s: 0 },
});
const knowledgeSettings = (() => {
  if (settings.knowledge === undefined) throw new Error('it is set');
  return settings.knowledge;
})();
const folders: string[] = [];
let double: Double;
let buckets = 0;

beforeAll(async () => {
  await resetMoto();
  double = await startDouble();
  endpoint(motoUrl());
  endpoint(double.url, 'BEDROCK_AGENT', 'BEDROCK_AGENT_RUNTIME');
});
afterEach(() => {
  double.state.faults.clear();
  double.state.delayMs = 0;
  double.state.hybrid = true;
  double.state.retrievePage = 25;
  double.state.busy = false;
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await double.close();
});

async function bucket(): Promise<string> {
  buckets += 1;
  const Bucket = `opsloop-${buckets}`;
  await builder().s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  return Bucket;
}
const archive = async (onChange?: () => void): Promise<S3Archive> =>
  new S3Archive(scopesOf(settings, REGION)[0], { bucket: await bucket(), ...(onChange === undefined ? {} : { onChange }) });

const IDLE = { state: 'idle', error: null, atMs: null, lastSuccessAtMs: null } as const;

/** The double ranks as a second embedded index would, so that what is tested is the way there and back. */
async function knowledge(): Promise<{ front: KnowledgeBase; embedded: KnowledgeBase }> {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-aws-kb-'));
  folders.push(folder);
  const embedded = await openEmbeddedKnowledge(join(folder, 'kb.db'));
  double.state.retrieve = async (text) => {
    const { matches } = await embedded.search({ text, limit: 50 }, signal());
    return matches.map((match) => ({ patternId: match.patternId, text: match.title, score: match.similarity }));
  };
  return { front: new BedrockKnowledge(scopesOf(settings, REGION)[0], knowledgeSettings, embedded, () => IDLE), embedded };
}

archiveContract('S3', () => archive());
knowledgeContract('Bedrock', async () => (await knowledge()).front);

describe('the S3 archive', () => {
  it('writes the sidecar that Bedrock filters by, hides it, and tells of changes', async () => {
    const changes: number[] = [];
    const Bucket = await bucket();
    const made = new S3Archive(scopesOf(settings, REGION)[0], { bucket: Bucket, onChange: () => changes.push(1) });
    await made.put('patterns/performance/ec2-high-cpu.json', JSON.stringify(aPattern('PAT-001')));
    await made.put('feedback/2026-02/feedback-log.jsonl', '{}\n');
    expect(changes).toEqual([1]);
    expect(await made.list('')).toEqual(['feedback/2026-02/feedback-log.jsonl', 'patterns/performance/ec2-high-cpu.json']);
    const sidecar = await builder().s3.send(new GetObjectCommand({ Bucket, Key: 'patterns/performance/ec2-high-cpu.json.metadata.json' }));
    expect(JSON.parse((await sidecar.Body?.transformToString()) ?? '')).toEqual({
      metadataAttributes: { pattern_id: 'PAT-001', category: 'performance', title: 'EC2 High CPU Usage', last_seen: 20260210 },
    });
    await made.remove('patterns/performance/ec2-high-cpu.json');
    expect((await builder().s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
  });

  it('says which bucket and which permission when it cannot write', async () => {
    const nowhere = new S3Archive(scopesOf(settings, REGION)[0], { bucket: 'no-such-bucket' });
    await expect(nowhere.put('patterns/a.json', '{}')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('s3:PutObject on no-such-bucket'),
    });
  });
});

describe('Bedrock retrieval', () => {
  it('falls back to semantic search once, where the store cannot do hybrid', async () => {
    const { front } = await knowledge();
    await front.save([aPattern('PAT-001')]);
    double.state.hybrid = false;
    const before = double.state.calls.length;
    for (let search = 0; search < 2; search += 1) expect((await front.search({ text: 'EC2 CPU high', limit: 3 }, signal())).source).toBe(BEDROCK);
    expect(double.state.calls.slice(before).filter((name) => name === 'Retrieve')).toHaveLength(3);
  });

  it('pages until there are enough patterns, and takes several chunks of one as one', async () => {
    const { front } = await knowledge();
    await front.save([aPattern('PAT-001'), aPattern('PAT-002', { title: 'Another' })]);
    double.state.retrievePage = 2;
    double.state.retrieve = () => [
      { patternId: 'PAT-001', text: 'chunk', score: 0.8 },
      { patternId: 'PAT-001', text: 'better chunk', score: 0.9 },
      { patternId: 'PAT-404', text: 'removed', score: 0.85 },
      { patternId: 'PAT-002', text: 'other', score: 0.75 },
    ];
    const { matches } = await front.search({ text: 'anything', limit: 2 }, signal());
    expect(matches.map(({ patternId, similarity }) => [patternId, similarity])).toEqual([
      ['PAT-001', 0.9],
      ['PAT-002', 0.75],
    ]);
  });

  it('lets the embedded index answer when Bedrock is slow, down or denied, and says so', async () => {
    const { front } = await knowledge();
    await front.save([aPattern('PAT-001')]);
    const search = () => front.search({ text: 'EC2 CPU 很高，响应变慢', limit: 3 }, signal());
    double.state.delayMs = 1500;
    const startedMs = performance.now();
    expect(await search()).toMatchObject({ source: BEDROCK_IS_AWAY, matches: [{ patternId: 'PAT-001' }] });
    expect(performance.now() - startedMs).toBeLessThan(1200);
    double.state.delayMs = 0;
    double.state.faults.set('Retrieve', { name: 'AccessDeniedException', message: 'no', status: 403 });
    expect((await search()).source).toBe(BEDROCK_IS_AWAY);
    double.state.faults.clear();
    expect((await search()).source).toBe(BEDROCK);
  });
});

describe('ingestion', () => {
  it('starts once for many changes, is visible, and comes after one that runs', async () => {
    const ingestion = new Ingestion(scopesOf(settings, REGION)[0], { ...knowledgeSettings, ingest_after_s: 3600 }, systemClock);
    const made = await archive(() => ingestion.touch());
    const before = double.state.jobs.length;
    for (const id of ['PAT-001', 'PAT-002', 'PAT-003']) await made.put(`patterns/cost/${id.toLowerCase()}.json`, JSON.stringify(aPattern(id)));
    expect(double.state.jobs).toHaveLength(before);
    await ingestion.start();
    await ingestion.start();
    expect(double.state.jobs).toHaveLength(before + 1);
    expect(await ingestion.status(signal())).toMatchObject({ pending: false, state: 'STARTING' });
    first(double.state.jobs.slice(-1)).status = 'COMPLETE';
    expect(await ingestion.status(signal())).toMatchObject({ state: 'COMPLETE', error: null });
    double.state.busy = true;
    ingestion.touch();
    await ingestion.start();
    expect(await ingestion.status(signal())).toMatchObject({ pending: true, error: null });
    ingestion.close();
  });
});
