import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { ANA, BEN, IN_A_HURRY, OPS_CHANNEL } from '../../../src/cli/sandbox.ts';
import type { Store } from '../../../src/domain/store.ts';
import { openEmbeddedKnowledge } from '../../../src/embedded/knowledge.ts';
import { startLocalSlack } from '../../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../../src/sandbox/slack/types.ts';
import { openStore } from '../../../src/store/open.ts';
import { sign } from '../../../src/webhooks/signature.ts';
import { type PgServer, startPg } from '../../pg/server.ts';
import { cpuPattern } from '../../support/verbs.ts';
import type { Go } from './messages.ts';
import { Replica } from './replica.ts';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const ALERT_TRIES = 200;

/** What outlives every replica that is killed: a database server, a Slack, an account's journal, and the replicas that are up. */
export class Fleet {
  readonly #server: PgServer;
  readonly #dir: string;
  readonly #go: Omit<Go, 'dir'>;
  readonly #replicas: Replica[] = [];
  readonly #trees: readonly string[];
  #spare: Replica;
  #made = 0;
  #forked = 0;
  readonly slack: LocalSlack;
  readonly store: Store;

  private constructor(parts: { server: PgServer; dir: string; go: Omit<Go, 'dir'>; slack: LocalSlack; store: Store; trees: readonly string[] }) {
    this.#server = parts.server;
    this.#dir = parts.dir;
    this.#go = parts.go;
    this.slack = parts.slack;
    this.store = parts.store;
    this.#trees = parts.trees;
    this.#spare = this.#fork();
  }

  /** `trees`: the versions of opsloop that replicas are of, each in turn. */
  static async open(replicas: number, trees: readonly string[] = [PROJECT]): Promise<Fleet> {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-fleet-'));
    const server = await startPg();
    const slack = await startLocalSlack({ manifest: parse(readFileSync('manifest.yml', 'utf8')), clock: { now: () => Date.now() } });
    const url = await server.createDatabase('crash');
    const store = await openStore(url);
    mkdirSync(join(dir, 'seed'));
    const knowledge = await openEmbeddedKnowledge(join(dir, 'seed', 'knowledge.db'));
    await knowledge.save([cpuPattern]);
    await knowledge.close();
    const { botToken, appToken, apiUrl } = slack;
    const go = {
      ...{ type: 'go' as const, url, journal: join(dir, 'journal.jsonl'), timing: IN_A_HURRY, secret: randomBytes(16).toString('hex') },
      slack: { botToken, appToken, apiUrl, channel: OPS_CHANNEL },
      policy: { requesters: ['*'], approvers: [ANA, BEN], operators: [ANA], target_cooldown_min: 0, actions_per_hour: 1000, auto_fix: false },
    };
    const fleet = new Fleet({ server, dir, go, slack, store, trees });
    for (let n = 0; n < replicas; n += 1) await fleet.raise();
    return fleet;
  }

  get journal(): string {
    return this.#go.journal;
  }

  get up(): readonly Replica[] {
    return this.#replicas.filter((one) => !one.dead && one.port !== 0);
  }

  #fork(): Replica {
    const tree = this.#trees[this.#forked % this.#trees.length] ?? PROJECT;
    this.#forked += 1;
    return new Replica(join(this.#dir, 'cache'), tree);
  }

  /** Another replica, up when this resolves. */
  async raise(): Promise<void> {
    const fresh = this.#spare;
    this.#spare = this.#fork();
    this.#made += 1;
    const dir = join(this.#dir, `replica-${this.#made}`);
    cpSync(join(this.#dir, 'seed'), dir, { recursive: true });
    this.#replicas.push(fresh);
    await fresh.go({ ...this.#go, dir });
  }

  async kill(victim: Replica): Promise<void> {
    await victim.kill();
    this.#replicas.splice(this.#replicas.indexOf(victim), 1);
  }

  /** As a sender of alerts does it: to one replica, and to the next when that does not say that it has it. */
  async alert(name: string, resource: string, first: number): Promise<void> {
    const body = JSON.stringify({ id: name, name, resource, severity: 'high', at: new Date().toISOString() });
    for (let n = 0; n < ALERT_TRIES; n += 1) {
      const { up } = this;
      const port = up[(first + n) % Math.max(1, up.length)]?.port ?? 0;
      const headers = { 'content-type': 'application/json', ...sign(this.#go.secret, body, Date.now()) };
      const answer = await fetch(`http://127.0.0.1:${port}/webhooks/generic`, { method: 'POST', headers, body }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      await sleep(50);
    }
    throw new Error(`nobody took the alert ${name}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#replicas, this.#spare].map((one) => one.kill()));
    await this.slack.stop();
    await this.store.close();
    await this.#server.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
