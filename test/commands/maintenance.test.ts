import { expect, test } from 'vitest';
import { paramPlace } from '../../blocks/modals.ts';
import { readMaintenance } from '../../commands/maintenance.ts';
import { fieldKey } from '../../commands/modals/fields.ts';
import { changed } from '../../commands/modals/params.ts';

const H = 3_600_000;

test.each([
  ['checkout 2h new database', { service: 'checkout', startsInMs: 0, durationMs: 2 * H, reason: 'new database' }],
  ['checkout 2h in 30m new database', { service: 'checkout', startsInMs: H / 2, durationMs: 2 * H, reason: 'new database' }],
  ['checkout in 30m for 2h', { service: 'checkout', startsInMs: H / 2, durationMs: 2 * H, reason: '' }],
  ['checkout 2小时 30分钟后 换数据库', { service: 'checkout', startsInMs: H / 2, durationMs: 2 * H, reason: '换数据库' }],
])('%s', (text, request) => {
  expect(readMaintenance(text)).toEqual(request);
});

test.each(['checkout', '2h', '', 'in 30m'])('"%s" says too little', (text) => {
  expect(readMaintenance(text)).toBeNull();
});

const form = (values: Record<string, string>) => new Map(Object.entries(values).map(([name, value]) => [fieldKey(paramPlace(name)), value]));

test('a changed parameter keeps its kind; nothing can be added', () => {
  expect(changed({ count: 2, zone: 'a', force: false }, form({ count: '4', zone: 'b', force: 'true', target: 'ecs/other' }))).toEqual({
    count: 4,
    zone: 'b',
    force: true,
  });
  expect(changed({ count: 2 }, form({ count: 'many' }))).toBeNull();
  expect(changed({ count: 2 }, form({}))).toEqual({ count: 2 });
});
