import { expect, it } from 'vitest';
import { checkKnowledge } from '../../src/cli/doctor.ts';
import { parseConfig } from '../../src/config.ts';

const url = 'postgres://opsloop:secret@127.0.0.1:5432/opsloop';

it('says where vectors and the archive are when replicas share a database, and nothing of it with one file', () => {
  expect(checkKnowledge(parseConfig({}))).toEqual([]);
  const [vectors, archive] = checkKnowledge(parseConfig({ store: { url } }));
  expect(vectors).toMatchObject({ name: 'vectors', state: 'ok', detail: expect.stringMatching(/own .*lexicon.*kept in step.*pgvector is not used/) as string });
  expect(archive).toMatchObject({ name: 'archive', state: 'warn', fix: expect.stringContaining('aws.bucket') as string });
});

it('names Bedrock where it is in front, and is content with a bucket', () => {
  const knowledge = { knowledge_base_id: 'KB12345678', data_source_id: 'DS12345678' };
  const checks = checkKnowledge(
    parseConfig({ account: { kind: 'aws', region: 'eu-central-1' }, store: { url }, aws: { bucket: 'opsloop-archive', knowledge } }),
  );
  expect(checks).toMatchObject([{ name: 'vectors', state: 'ok', detail: expect.stringMatching(/^Bedrock knowledge base KB12345678/) as string }]);
});
