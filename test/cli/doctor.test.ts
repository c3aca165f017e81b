import { expect, it } from 'vitest';
import { checkKnowledge } from '../../src/cli/doctor.ts';
import { parseConfig } from '../../src/config.ts';

const url = 'postgres://opsloop:secret@127.0.0.1:5432/opsloop';

const NOT_THERE = { ready: false, reason: 'the extension vector (pgvector) is not installed on the database server', fix: 'apt-get install it' } as const;
const THERE = { ready: true, version: '0.8.0' } as const;

it('says where vectors and the archive are when replicas share a database, and nothing of it with one file', () => {
  expect(checkKnowledge(parseConfig({}), null)).toEqual([]);
  const [vectors, archive] = checkKnowledge(parseConfig({ store: { url } }), THERE);
  expect(vectors).toEqual({
    name: 'vectors',
    state: 'ok',
    detail: 'pgvector 0.8.0 in the database: one copy of the lexicon vectors for all replicas',
    fix: null,
  });
  expect(archive).toMatchObject({ name: 'archive', state: 'warn', fix: expect.stringContaining('aws.bucket') as string });
});

it('says why each replica keeps its own vectors, and what to do', () => {
  const [vectors] = checkKnowledge(parseConfig({ store: { url } }), NOT_THERE);
  expect(vectors).toMatchObject({
    state: 'warn',
    fix: 'apt-get install it',
    detail: expect.stringMatching(/own .*lexicon.*: the extension vector .* not installed/) as string,
  });
  const [unknown] = checkKnowledge(parseConfig({ store: { url } }), null);
  expect(unknown).toMatchObject({ state: 'warn', detail: expect.stringContaining('could not be asked') as string });
});

it('names Bedrock where it is in front, and is content with a bucket', () => {
  const knowledge = { knowledge_base_id: 'KB12345678', data_source_id: 'DS12345678' };
  const config = parseConfig({ account: { kind: 'aws', region: 'eu-central-1' }, store: { url }, aws: { bucket: 'opsloop-archive', knowledge } });
  const behind = (look: Parameters<typeof checkKnowledge>[1]): unknown => checkKnowledge(config, look).map(({ detail }) => detail);
  expect(behind(THERE)).toEqual([expect.stringMatching(/^Bedrock knowledge base KB12345678, and behind it pgvector 0\.8\.0/)]);
  expect(behind(NOT_THERE)).toEqual([expect.stringMatching(/^Bedrock knowledge base KB12345678, and behind it an index of each replica's own/)]);
});
