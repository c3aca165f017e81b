import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { incidentDraft, LOOP, planDraft } from '../contracts/store/drafts.ts';
import { pgPlace, testServer } from './place.ts';
import { binaries, createDatabase } from './server.ts';

const run = promisify(execFile);

it('is backed up by pg_dump while it is in use, and restored by pg_restore with its chain and its numbers', async () => {
  const place = pgPlace();
  const store = await place.open();
  await store.incidents.open(incidentDraft(), LOOP);
  await store.plans.create(planDraft({ incidentId: 'INC-1' }), LOOP);
  const file = `/tmp/opsloop-${randomBytes(6).toString('hex')}.dump`;
  await run(join(binaries(), 'pg_dump'), ['--format=custom', `--file=${file}`, place.url]);
  await store.incidents.open(incidentDraft(), LOOP);
  const fresh = await createDatabase(testServer(), `opsloop_${randomBytes(6).toString('hex')}`);
  await run(join(binaries(), 'pg_restore'), ['--exit-on-error', `--dbname=${fresh}`, file]);
  await run('rm', [file]);
  const restored = await openStore(fresh);
  expect(await restored.audit.verify()).toMatchObject({ rows: 2, brokenAt: null });
  expect((await restored.audit.list({ subject: 'INC-1', limit: 9 })).map(({ verb }) => verb)).toEqual(['incident.opened', 'plan.proposed']);
  expect((await restored.incidents.open(incidentDraft(), LOOP)).id).toBe('INC-2');
  await restored.close();
});
