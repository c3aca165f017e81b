// Another process or thread on the same database: run by the tests as `node child.ts <path> <what> <rounds>`.
import { openStore } from '../../src/store/open.ts';
import { incidentDraft, LOOP, minutes, NOON, series } from '../contracts/store/drafts.ts';

const [path = '', what = '', rounds = '0'] = process.argv.slice(2);
const store = await openStore(path);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (what === 'count') {
  for (let n = 0; n < Number(rounds); n++) await store.transaction(async (tx) => tx.watermarks.set('counter', ((await tx.watermarks.get('counter')) ?? 0) + 1));
  await store.close();
} else {
  for (let n = 1; ; n++) {
    await store.transaction(async (tx) => {
      const incident = await tx.incidents.open(incidentDraft(), LOOP);
      await tx.metrics.append([series('CPUUtilization', minutes(NOON + n * 3_600_000, 1, 2))]);
      if (what === 'hang') {
        say('half way');
        await new Promise((resolve) => setTimeout(resolve, 4000));
      }
      await tx.outbox.add({ type: 'incident', incidentId: incident.id }, NOON);
    });
    say(String(n));
  }
}
