import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { Collector } from '../../src/collect/collector.ts';
import type { Store } from '../../src/domain/store.ts';
import type { SourceStatus } from '../../src/domain/views.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { accountOf, MINUTE_MS } from './support.ts';

export interface Collecting {
  readonly clock: ManualClock;
  readonly store: Store;
  /** One tick; gives what could not be collected. */
  run(): Promise<readonly string[]>;
  status(name: string): SourceStatus;
  points(): Promise<number>;
  close(): Promise<void>;
}

/** The collector over a whole account, with time in the test's hands and a database of its own. */
export async function startCollecting(settings: AwsSettings, nowMs: number): Promise<Collecting> {
  const clock = new ManualClock(nowMs);
  const account = accountOf(settings, clock);
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-aws-collecting-'));
  const store = await openStore(join(dir, 'opsloop.db'), { clock });
  const collector = new Collector(account.sources, { backfillMs: 30 * MINUTE_MS, timeoutMs: 8000 });
  return {
    clock,
    store,
    run: async () => (await collector.run(store, clock)).gaps,
    status: (name) => {
      const found = collector.status().find((one) => one.name.startsWith(name));
      if (found === undefined) throw new Error(`no source ${name}`);
      return found;
    },
    points: async () => (await store.metrics.appendedSince(0, 10_000)).series.reduce((sum, series) => sum + series.points.length, 0),
    close: async () => {
      account.close();
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
