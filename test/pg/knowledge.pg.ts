import { expect, it } from 'vitest';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { followShared } from '../../src/embedded/shared.ts';
import { aPattern } from '../contracts/knowledge.ts';
import { waitFor } from '../support/wait.ts';
import { pgPlace } from './place.ts';

it('lets a replica see within a second what another has learned', async () => {
  const place = pgPlace();
  const stores = await Promise.all([place.open(), place.open()]);
  const indexes = await Promise.all(stores.map(async (store) => followShared(await openEmbeddedKnowledge(':memory:'), store)));
  await indexes[0]?.save([aPattern('PAT-001', { metadata: { occurrence_count: 1, last_seen: null, success_rate: 0.5, avg_resolution_time: null } })]);
  await waitFor(async () => (await indexes[1]?.get('PAT-001'))?.metadata.success_rate === 0.5);
  const from = performance.now();
  await indexes[1]?.save([aPattern('PAT-001', { title: 'Renamed' })]);
  await waitFor(async () => (await indexes[0]?.get('PAT-001'))?.title === 'Renamed');
  expect(performance.now() - from).toBeLessThan(1000);
  for (const index of indexes) await index.close();
});
