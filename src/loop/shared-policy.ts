import { policyMark, type SharedPolicy, strictest } from '../action/strictest.ts';
import { explain } from '../domain/explanation.ts';
import type { Log } from '../domain/log.ts';
import type { Policy } from '../domain/policy.ts';
import type { Peer } from '../domain/replica.ts';
import type { Ops } from './ops.ts';

/** The policy that counts: this replica's own, or the strictest of all while they differ. The same value as long as none changes. */
export class PolicyTogether {
  readonly #own: () => Policy;
  readonly #others: () => readonly Peer[];
  readonly #log: Log;
  #last: { readonly own: Policy; readonly others: readonly Peer[]; readonly marks: string; readonly counts: SharedPolicy } | null = null;

  /** `others` gives the same list as long as nothing changes. */
  constructor(own: () => Policy, others: () => readonly Peer[], log: Log) {
    this.#own = own;
    this.#others = others;
    this.#log = log;
  }

  current(): Policy {
    const [own, others] = [this.#own(), this.#others()];
    const last = this.#last;
    if (last !== null && last.own === own && last.others === others) return last.counts;
    const policies = others.map((peer) => peer.policy ?? pausedWhole(own));
    const marks = marksOf([own, ...policies]).join(', ');
    const counts = last?.own === own && last.marks === marks ? last.counts : strictest(own, policies);
    if (marks !== last?.marks && marks.includes(','))
      this.#log.warn({ policies: marks }, 'replicas were started with different policies; the strictest counts');
    this.#last = { own, others, marks, counts };
    return counts;
  }
}

/** What cannot be read may be stricter than anything: nothing runs until that replica is gone or speaks plainly. */
const pausedWhole = (own: Policy): Policy => ({ ...own, paused: ['all'] });

const marksOf = (policies: readonly Policy[]): string[] => [...new Set(policies.map(policyMark))].toSorted();

/** The leader tells the channel, once for each set of policies, that they differ. */
export async function tellOfDifference(ops: Ops): Promise<void> {
  const marks = marksOf([ops.policies.current(), ...ops.replicas.others().map((peer) => peer.policy ?? pausedWhole(ops.policies.current()))]);
  if (marks.length < 2) return;
  const nowMs = ops.clock.now();
  await ops.store.transaction(async (tx) => {
    if (!(await tx.dedupe.firstTime(`policies:${marks.join()}`, nowMs))) return;
    const note = explain(
      'replicas.policies_differ',
      'The replicas of opsloop were started with different policies ({marks}). Until they agree, the strictest of them counts for every action.',
      { marks: marks.join(', ') },
    );
    await tx.outbox.add({ type: 'channel', note, mentions: ops.policy.operators.filter((one) => one !== '*').slice(0, 20) }, nowMs);
  });
}
