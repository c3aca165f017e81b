import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { backupStore } from '../../src/store/sqlite/backup.ts';
import { incidentDraft, LOOP } from '../contracts/store/drafts.ts';
import { storePlace } from '../support/store.ts';

it('copies a database in use, complete and of one moment', async () => {
  const place = storePlace();
  const store = await place.open();
  await store.incidents.open(incidentDraft(), LOOP);
  const target = join(place.path, '..', 'backups', 'monday.db');
  const bytes = await backupStore(place.path, target);
  expect(statSync(target).size).toBe(bytes);
  await store.incidents.open(incidentDraft(), LOOP);
  const copy = await openStore(target);
  expect((await copy.incidents.list({ limit: 9 })).map((each) => each.id)).toEqual(['INC-1']);
  expect(await copy.audit.verify()).toMatchObject({ rows: 1, brokenAt: null });
  await copy.close();
});

it('says so when there is nothing to copy', async () => {
  const place = storePlace();
  await expect(backupStore(place.path, `${place.path}.bak`)).rejects.toMatchObject({ code: 'unavailable' });
});
