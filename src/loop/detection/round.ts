import { setTimeout as sleep } from 'node:timers/promises';
import type { Ops } from '../ops.ts';

const ASK = 'detect';
const ANSWER = 'detected';
const WAIT_MS = 5000; // for the others; what is not done by then is part of the next tick
const LOOK_MS = 500; // whether those waited for still live

/** Looks at the points that came for the shards of this replica; open incidents are shown anew when theirs moved. */
async function detectHere(ops: Ops, nowMs: number): Promise<void> {
  const { anomalies } = await ops.replicas.use((shards) => ops.detection.run(nowMs, shards));
  const touched = new Set(anomalies.flatMap((anomaly) => (anomaly.incidentId === null ? [] : [anomaly.incidentId])));
  for (const incidentId of touched) await ops.store.outbox.add({ type: 'incident', incidentId }, nowMs);
}

/** The leader's part: asks every replica to look at its shards, does the same, and waits until all that live have answered. */
export async function detectEverywhere(ops: Ops): Promise<void> {
  const nowMs = ops.clock.now();
  const round = String(nowMs);
  if (ops.replicas.others().length === 0) return await detectHere(ops, nowMs);
  const answered = new Set<string>();
  const done = new AbortController();
  const end = ops.wake.subscribe(ANSWER, (payload) => {
    const [of, replica = ''] = payload.split(' ');
    if (of !== round) return;
    answered.add(replica);
    if (waitedFor().length === 0) done.abort();
  });
  const waitedFor = (): string[] => ops.replicas.others().flatMap(({ id }) => (answered.has(id) ? [] : [id]));
  try {
    await ops.wake.publish(ASK, round);
    await detectHere(ops, nowMs);
    for (let waitedMs = 0; waitedFor().length > 0 && waitedMs < WAIT_MS; waitedMs += LOOK_MS)
      await sleep(LOOK_MS, undefined, { signal: done.signal }).catch(() => undefined);
    if (waitedFor().length > 0) ops.log.warn({ replicas: waitedFor() }, 'not every replica has looked at its metrics in time; the next tick has the rest');
  } finally {
    end();
  }
}

/** The others' part, between ticks of their own that they do not have. Returns the function that ends it. */
export function followDetection(ops: Ops): () => void {
  return ops.wake.subscribe(ASK, (round) => {
    if (ops.replicas.leads()) return;
    detectHere(ops, Number(round) || ops.clock.now())
      .then(() => ops.wake.publish(ANSWER, `${round} ${ops.replicas.id}`))
      .catch((thrown: unknown) => ops.log.warn({ err: thrown }, 'detection of this replica\u2019s metrics failed; the next tick has them'));
  });
}
