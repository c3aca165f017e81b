import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepare } from '../../src/score/detect.ts';

function checkout(files: Record<string, string>): { from: string; out: string; read: (path: string) => string } {
  const root = mkdtempSync(join(tmpdir(), 'opsloop-prepare-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'from', path)), { recursive: true });
    writeFileSync(join(root, 'from', path), text);
  }
  return { from: join(root, 'from'), out: join(root, 'out'), read: (path) => readFileSync(join(root, 'out', path), 'utf8') };
}

test('NAB: each series under its group, with its label windows', async () => {
  const { from, out, read } = checkout({
    'labels/combined_windows.json': JSON.stringify({ 'realTweets/a.csv': [['2015-01-01 00:00:00.000000', '2015-01-02 00:00:00.000000']], 'art/b.csv': [] }),
    'data/realTweets/a.csv': 'timestamp,value\n2015-01-01 00:00:00,1\n',
    'data/art/b.csv': 'timestamp,value\n2015-01-01 00:00:00,2\n',
  });
  await prepare('nab', from, out);
  expect(read('series/realTweets__a.csv')).toBe('timestamp,value\n2015-01-01 00:00:00,1\n');
  expect(JSON.parse(read('windows.json'))).toEqual({ 'realTweets__a.csv': [['2015-01-01 00:00:00.000000', '2015-01-02 00:00:00.000000']], 'art__b.csv': [] });
});

test('the operations set: lower-case header, rows as they are, no metadata', async () => {
  const { from, out, read } = checkout({
    'data/application-crash-rate-1/app1-01.csv': 'TimeStamp,Value,Label\r\n2018-07-03 14:00:00,1,0\r\n',
    'data/application-crash-rate-1/app1-01.csv-metadata.json': '{}',
  });
  await prepare('ops', from, out);
  expect(read('series/application-crash-rate-1__app1-01.csv')).toBe('timestamp,value,label\n2018-07-03 14:00:00,1,0\n');
});

test('PetShop: the matrix as calls, three header rows as one, the cases with their causes', async () => {
  const metrics = 'microservice,A,B\nmetric,latency,latency\nstatistic,Average,Average\nunix_timestamp,,\n100.0,,0.5\n';
  const target = { target: { node: 'A', metric: 'latency', agg: 'Average', timestamp: 100 }, root_cause: { node: 'B', metric: null } };
  const { from, out, read } = checkout({
    'dataset/low_traffic/graph.csv': ',A,B\nA,0.0,1.0\nB,0.0,0.0\n',
    'dataset/low_traffic/noissue/metrics.csv': metrics,
    'dataset/low_traffic/test/issue_3/metrics.csv': metrics,
    'dataset/low_traffic/test/issue_3/target.json': JSON.stringify(target),
  });
  await prepare('petshop', from, out);
  expect(read('low_traffic/graph.csv')).toBe('caller,callee\nA,B\n');
  expect(read('low_traffic/normal.csv')).toBe('unix_seconds,A|latency|Average,B|latency|Average\n100.0,,0.5\n');
  expect(JSON.parse(read('low_traffic/cases/test_issue_3/case.json'))).toEqual({
    target: { node: 'A', metric: 'latency', statistic: 'Average', unix_seconds: 100 },
    root_cause: { node: 'B' },
  });
});

test('LogHub: content and template of each line', async () => {
  const { from, out, read } = checkout({
    'data/loghub_2k_corrected/Apache/Apache_2k.log_structured_corrected.csv':
      'LineId,Content,EventId,EventTemplate\n1,"child 6, slot 1",E1,"child <*>, slot <*>"\n',
  });
  await prepare('loghub', from, out);
  expect(read('Apache/lines.txt')).toBe('child 6, slot 1\n');
  expect(read('Apache/templates.txt')).toBe('child <*>, slot <*>\n');
});

test('another folder or another kind is refused in one sentence', async () => {
  const { from, out } = checkout({ 'data/readme.txt': 'x' });
  await expect(prepare('ops', from, out)).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(prepare('nab', from, out)).rejects.toThrow(/There is no file/);
  await expect(prepare('other', from, out)).rejects.toThrow(/cannot be prepared/);
});
