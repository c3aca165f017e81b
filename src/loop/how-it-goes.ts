import type { StatusView } from '../domain/views.ts';
import type { Ops } from './ops.ts';

type HowItGoes = Pick<StatusView, 'lastTickAtMs' | 'lastTickMs' | 'tickErrors' | 'sources'>;

const KEPT = 'loop:how_it_goes';

const here = ({ health, collector }: Ops): HowItGoes => ({
  lastTickAtMs: health.lastTickAtMs,
  lastTickMs: health.lastTickMs,
  tickErrors: health.errors,
  sources: collector.status(),
});

/** The leader leaves word after each tick, for the replicas that are asked about it. */
export async function leaveWord(ops: Ops): Promise<void> {
  await ops.store.settings.set(KEPT, JSON.stringify(here(ops)), ops.clock.now());
}

/** How the loop is doing: here, or where it is led. */
export async function howItGoes(ops: Ops): Promise<HowItGoes> {
  if (ops.replicas.leads()) return here(ops);
  const kept = await ops.store.settings.get(KEPT);
  return kept === null ? here(ops) : (JSON.parse(kept) as HowItGoes);
}
