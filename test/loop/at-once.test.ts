import { afterEach, expect, it } from 'vitest';
import { builtIn } from '../../src/cli/sandbox.ts';
import { user } from '../../src/domain/actor.ts';
import { ANA, World } from '../support/world.ts';

let world: World;
afterEach(() => world.stop());

it('a tick, an urgent round and people who detect at once make one incident of one alarm', async () => {
  world = await World.start({ ...builtIn('bad-config'), faults: [] }, { loop: { backfill_h: 0 } });
  await world.pass(1);
  const { app } = world.sandbox;
  for (let n = 0; n < 2; n += 1) {
    const alarm = {
      id: `a${n}`,
      name: `alarm-${n}`,
      state: 'alarm' as const,
      timestampMs: world.clock.now(),
      resourceId: `ecs/none-${n}`,
      metric: null,
      reason: 'r',
    };
    await app.store.signals.appendAlarms([alarm]);
    await Promise.all([app.tick(), app.verbs.detect(user(ANA)), app.verbs.detect(user(ANA)), app.tick()]);
  }
  await world.settle();
  const live = await app.store.anomalies.live(100);
  expect(live.map((one) => one.key).sort()).toEqual([0, 1].map((n) => expect.stringContaining(`alarm-${n}`)));
  const rows = await app.store.audit.list({ limit: 1000 });
  const opened = rows.filter((row) => row.verb === 'incident.opened' || row.verb === 'incident.joined');
  expect(opened).toHaveLength(2);
});
