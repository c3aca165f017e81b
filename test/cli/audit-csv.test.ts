import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvLine } from '../../src/cli/audit.ts';

it('writes audit rows as CSV that reads back, and in which nothing is a formula', () => {
  const line = csvLine({
    ...{ seq: 7, atMs: 0, actor: { type: 'user', userId: 'U1' }, verb: 'plan.rejected', subject: '=HYPERLINK("x")' },
    ...{ detail: { reason: 'a "quoted", word\nand a line' }, prevHash: 'p', hash: 'h' },
  });
  const [row] = parse(line) as string[][];
  expect(row).toEqual([
    '7',
    '1970-01-01T00:00:00.000Z',
    'user:U1',
    'plan.rejected',
    '\'=HYPERLINK("x")',
    '{"reason":"a \\"quoted\\", word\\nand a line"}',
    'p',
    'h',
  ]);
});
