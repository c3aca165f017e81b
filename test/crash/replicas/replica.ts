import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Ask, Go } from './messages.ts';

const SCRIPT = 'test/crash/replicas/child.ts';
const WAIT_MS = 60_000;

/** A replica in a process of its own, forked ahead of time so that a restart does not wait for modules to load. */
export class Replica {
  readonly #child: ChildProcess;
  readonly #heard = new EventEmitter();
  readonly #gone: Promise<null>;
  port = 0;

  /** `tree`: the folder of the version of opsloop to run. */
  constructor(cacheDir: string, tree: string) {
    this.#child = fork(join(tree, SCRIPT), [], {
      cwd: tree,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: cacheDir },
    });
    this.#gone = once(this.#child, 'exit').then(() => null);
    this.#child.on('message', (answer: Answer) => this.#heard.emit(answer.type, answer));
    this.#child.on('error', () => undefined); // a message to a process that has just died
  }

  get dead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async go(go: Go): Promise<void> {
    this.port = (await this.#ask(go, 'ready'))?.port ?? 0;
  }

  /** The plan's name; null when it died over it or could not. */
  async propose(incidentId: string, targetId: string, userId: string): Promise<string | null> {
    return (await this.#ask({ type: 'propose', incidentId, targetId, userId }, 'proposed').catch(() => null))?.planId ?? null;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  async #ask<T extends Answer['type']>(ask: Ask, expects: T): Promise<Extract<Answer, { type: T }> | null> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(WAIT_MS)]);
    const heard = [expects, 'failed'].map((type) => once(this.#heard, type, { signal }));
    for (const one of heard) one.catch(() => undefined);
    if (!this.dead) this.#child.send(ask, () => undefined);
    const answer = await Promise.race([...heard, this.#gone]).finally(() => over.abort());
    if (answer === null) return null;
    const [said] = answer as [Answer];
    if (said.type === 'failed') throw new Error(said.error);
    return said as Extract<Answer, { type: T }>;
  }
}
