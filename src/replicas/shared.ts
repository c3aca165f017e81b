import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../domain/log.ts';
import { type Policy, PolicySchema } from '../domain/policy.ts';
import { type Lease, type Living, type Peer, type ReplicaInfo, type Replicas, SHARDS, type ShardLease } from '../domain/replica.ts';
import type { LeaseRepository, Repositories } from '../domain/store.ts';
import type { DatabaseClock } from './clock.ts';
import type { LeaderLock } from './lock.ts';
import { movesOf } from './spread.ts';

const BEAT_MS = 1000;
/** Not heard of for so long counts as dead; with the beats around it, others have taken over within 8 seconds. */
export const ALIVE_MS = 6000;
const LEADER = 'leader';
const SHARD = 'shard:';

export interface SharedParts {
  readonly id: string;
  readonly leases: LeaseRepository;
  readonly lock: LeaderLock;
  readonly info: () => ReplicaInfo;
  readonly clock: DatabaseClock;
  readonly log: Log;
  readonly beatMs?: number;
  readonly aliveMs?: number;
}

/**
 * One of several replicas on a database. Once a second it says that it lives, tries to lead when nobody does, and takes or gives up shards
 * until everybody has as many. What it has counts only as long as its last heartbeat is young, whatever the database thinks by then.
 */
export class SharedReplicas implements Replicas {
  readonly id: string;
  readonly #parts: SharedParts;
  readonly #aliveMs: number;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(leads: boolean) => void>();
  #living: readonly Living[] = [];
  #peers: readonly Peer[] = [];
  #peersSaid = '';
  #leader: Lease | null = null;
  #told = false; // what the listeners know
  #shards: readonly ShardLease[] = [];
  #inUse = 0;
  #beatAtMs = Number.NEGATIVE_INFINITY; // monotonic
  #loops: readonly Promise<void>[] = [];

  constructor(parts: SharedParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.#aliveMs = parts.aliveMs ?? ALIVE_MS;
  }

  async start(): Promise<void> {
    await this.#beat();
    await this.#move();
    const told = { beat: 'the database does not answer; what this replica holds goes to others soon', move: 'shards and the lead cannot be looked at' };
    this.#loops = [this.#repeat(() => this.#beat(), told.beat), this.#repeat(() => this.#move(), told.move)];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
    this.#leader = null;
    this.#shards = [];
    this.#tell();
    await this.#parts.lock.close();
    await this.#parts.leases.leave(this.id).catch((thrown: unknown) => this.#parts.log.warn({ err: thrown }, 'could not take leave; the others notice'));
  }

  leads(): boolean {
    return this.#leader !== null && this.#parts.lock.held() && this.#isFresh();
  }

  async fence(tx: Repositories): Promise<void> {
    await tx.leases.hold([this.#leader ?? { name: LEADER, token: -1 }]);
  }

  onChange(listener: (leads: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async claim(tx: Repositories, name: string): Promise<void> {
    await tx.leases.seize(name, this.id);
  }

  async isElsewhere(name: string): Promise<boolean> {
    const [claim] = await this.#parts.leases.list(name);
    if (claim?.name !== name || claim.holder === null || claim.holder === this.id) return false;
    return (await this.#parts.leases.living(this.#aliveMs)).some((one) => one.id === claim.holder);
  }

  async use<T>(work: (held: readonly ShardLease[] | null) => Promise<T>): Promise<T> {
    this.#inUse += 1;
    try {
      return await work(this.#isFresh() ? this.#shards : []);
    } finally {
      this.#inUse -= 1;
    }
  }

  others(): readonly Peer[] {
    return this.#peers;
  }

  async list() {
    const { leases } = this.#parts;
    return rosterOf(await leases.living(this.#aliveMs), await leases.list(''));
  }

  #isFresh(): boolean {
    return performance.now() - this.#beatAtMs < this.#aliveMs;
  }

  /** Apart from the heartbeat, since it may wait for somebody who holds a lease in a transaction. */
  async #repeat(work: () => Promise<void>, inTrouble: string): Promise<void> {
    const { signal } = this.#stopping;
    for (let failing = false; !signal.aborted; ) {
      await sleep(this.#parts.beatMs ?? BEAT_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await work();
        failing = false;
      } catch (thrown) {
        if (!failing) this.#parts.log.warn({ replica: this.id, err: thrown }, inTrouble);
        failing = true;
      }
      this.#tell();
    }
  }

  async #beat(): Promise<void> {
    const { leases, clock, info } = this.#parts;
    const [sentMs, sentAtMs] = [clock.local(), performance.now()];
    clock.told(await leases.beat(this.id, JSON.stringify(info())), sentMs, clock.local());
    this.#beatAtMs = sentAtMs;
  }

  async #move(): Promise<void> {
    this.#living = await this.#parts.leases.living(this.#aliveMs);
    this.#meet(this.#living.filter((one) => one.id !== this.id));
    await this.#elect();
    await this.#spread();
    this.#tell();
  }

  /** The list stays the same one as long as the others say the same. */
  #meet(others: readonly Living[]): void {
    const said = others.map((one) => `${one.id} ${one.info}`).join('\n');
    if (said === this.#peersSaid) return;
    this.#peersSaid = said;
    this.#peers = others.map((one) => ({ id: one.id, policy: readInfo(one.info).policy }));
  }

  async #elect(): Promise<void> {
    const { leases, lock } = this.#parts;
    if (lock.held() && this.#leader !== null) return;
    this.#leader = null;
    if (await lock.acquire()) {
      this.#leader = await leases.seize(LEADER, this.id);
      return;
    }
    const [leader] = await leases.list(LEADER);
    if (leader?.holder != null && !this.#living.some((one) => one.id === leader.holder)) await lock.wrest();
  }

  async #spread(): Promise<void> {
    const { leases } = this.#parts;
    const rows = new Map((await leases.list(SHARD)).map((row) => [row.name, row]));
    const holders = Array.from({ length: SHARDS }, (_, shard) => rows.get(nameOf(shard))?.holder ?? null);
    const living = this.#living.map((one) => one.id).sort();
    const { release, take } = movesOf(this.id, living, holders);
    const held = new Map(holders.flatMap((holder, shard) => (holder === this.id ? [[shard, rows.get(nameOf(shard))?.token ?? 0]] : [])));
    const given = this.#inUse === 0 ? release : [];
    for (const shard of given) held.delete(shard);
    this.#shards = leasesOf(held); // before they are given away: nobody begins to use them
    for (const shard of given) await leases.release(nameOf(shard), this.id);
    for (const shard of take) {
      const lease = await leases.take(nameOf(shard), this.id, this.#aliveMs);
      if (lease !== null) held.set(shard, lease.token);
    }
    this.#shards = leasesOf(held);
  }

  #tell(): void {
    const leads = this.leads();
    if (leads === this.#told) return;
    this.#told = leads;
    this.#parts.log.info({ replica: this.id }, leads ? 'this replica leads now' : 'this replica does not lead any more');
    for (const listener of this.#listeners) listener(leads);
  }
}

const nameOf = (shard: number): string => `${SHARD}${String(shard).padStart(2, '0')}`;

const leasesOf = (held: ReadonlyMap<number, number>): ShardLease[] =>
  [...held].map(([shard, token]) => ({ shard, name: nameOf(shard), token })).sort((a, b) => a.shard - b.shard);

/** Those who live, with what they hold, for people. */
export function rosterOf(living: readonly Living[], held: readonly { readonly name: string; readonly holder: string | null }[]) {
  return living.map((one) => {
    const { host, version, policyMark } = readInfo(one.info);
    const names = held.filter((lease) => lease.holder === one.id).map((lease) => lease.name);
    return {
      ...{ id: one.id, host, version, policyMark, seenAgoMs: one.seenAgoMs, leads: names.includes(LEADER) },
      shards: names.filter((name) => name.startsWith(SHARD)).length,
    };
  });
}

/** What a replica said of itself; a neighbouring version may know settings that are not known here, and those are passed over. */
function readInfo(json: string): Omit<ReplicaInfo, 'policy'> & { readonly policy: Policy | null } {
  const info = JSON.parse(json) as Partial<ReplicaInfo>;
  const known = Object.entries(info.policy ?? {}).filter(([name]) => name in PolicySchema.shape);
  return {
    host: info.host ?? '',
    version: info.version ?? '',
    policyMark: info.policyMark ?? '',
    policy: PolicySchema.safeParse(Object.fromEntries(known)).data ?? null,
  };
}
