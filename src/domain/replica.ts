import { createHash } from 'node:crypto';
import type { Policy } from './policy.ts';
import type { Repositories } from './store.ts';

/** Metrics are spread over so many shards by their resource; more replicas than this share nothing more. */
export const SHARDS = 64;

/** The same for every replica, and what PostgreSQL computes for a series: the first byte of the MD5 of its resource. */
export const shardOf = (resourceId: string): number => (createHash('md5').update(resourceId).digest()[0] ?? 0) % SHARDS;

/** Something one replica has for itself. The token rises with every change of hands: who writes under an old one is refused. */
export interface Lease {
  readonly name: string; // shard:17, leader, plan:PLAN-34
  readonly token: number;
}
/** Detection of one shard, held. */
export interface ShardLease extends Lease {
  readonly shard: number;
}

/** A process that shares the work, as it said at its last heartbeat. */
export interface Living {
  readonly id: string;
  readonly startedAtMs: number; // by the database's clock
  readonly seenAgoMs: number; // by the same
  readonly info: string; // JSON
}

/** What a replica says of itself. */
export interface ReplicaInfo {
  readonly host: string;
  readonly version: string;
  readonly policy: Policy;
  readonly policyMark: string; // the same for the same policy
}

/** For people: `opsloop doctor`, `/ops status`. */
export interface ReplicaView {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  readonly policyMark: string;
  readonly leads: boolean;
  readonly shards: number;
  readonly seenAgoMs: number;
}

/** Another replica that lives; `policy` null: it cannot be read here. */
export interface Peer {
  readonly id: string;
  readonly policy: Policy | null;
}

/**
 * Which replica leads: it collects, forms incidents, runs plans and posts in Slack. At most one knows itself to lead, and one that lost
 * the lead without knowing (it was frozen, it was cut off) is refused by `fence`.
 */
export interface Leadership {
  /** This replica leads, as far as it knows. */
  leads(): boolean;
  /** First in a transaction that only the leader may make: OpsError('conflict') when another leads by now. Holds until it commits. */
  fence(tx: Repositories): Promise<void>;
  /** Called whenever it begins (true) or ends to lead. A listener must not throw. Returns the function that ends it. */
  onChange(listener: (leads: boolean) => void): () => void;
  /** Inside a transaction: this replica does what has this name, such as `plan:PLAN-34`. */
  claim(tx: Repositories, name: string): Promise<void>;
  /** Whether another replica claimed it and lives: then it is that one's to finish. */
  isElsewhere(name: string): Promise<boolean>;
}

/** Which shards of the metrics this replica looks after. Null: all of them, there is nobody to share with. */
export interface Leases {
  /** Runs `work` on the shards held now; none of them is given away meanwhile. */
  use<T>(work: (held: readonly ShardLease[] | null) => Promise<T>): Promise<T>;
}

/** One process among those on one database; alone on SQLite. */
export interface Replicas extends Leadership, Leases {
  readonly id: string;
  /** The others, as heard of at the last heartbeat. */
  others(): readonly Peer[];
  /** Joins. OpsError('unavailable') when the database does not answer. */
  start(): Promise<void>;
  /** Leaves: others take over at once. */
  stop(): Promise<void>;
  /** All that live, oldest first; empty when there is nobody to share with. */
  list(): Promise<readonly ReplicaView[]>;
}

/** Work that comes round by the clock and that one replica at a time does. */
export interface Jobs {
  /** Before `start`. `cron` in UTC, to the minute. `work` must look itself whether there is anything to do: it may come early, late or twice. */
  schedule(name: string, cron: string, work: () => Promise<void>): void;
  start(): Promise<void>;
  /** Waits for what is under way. */
  stop(): Promise<void>;
  /** To be called at every tick: an embedded queue does its jobs now, one that others serve leaves it to its clock. */
  tick(): Promise<void>;
}
