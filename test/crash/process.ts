import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Ask, Go } from './messages.ts';

const SCRIPT = join(import.meta.dirname, 'child.ts');
const WAIT_MS = 30_000;

/** A bot in a process of its own. It is forked ahead of time, so that a restart does not wait for modules to load. */
export class BotProcess {
  readonly #child: ChildProcess;
  readonly #heard = new EventEmitter();
  readonly #gone: Promise<null>;

  constructor(cacheDir: string) {
    this.#child = fork(SCRIPT, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_COMPILE_CACHE: cacheDir } });
    this.#gone = once(this.#child, 'exit').then(() => null);
    this.#child.on('message', (answer: Answer) => this.#heard.emit(answer.type, answer));
    this.#child.on('error', () => undefined); // a message to a process that has just died
  }

  get dead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** How it ended, in words. */
  get end(): string {
    return this.#child.signalCode ?? `status ${this.#child.exitCode}`;
  }

  /** False: it died before it was ready. */
  async go(go: Go): Promise<boolean> {
    return (await this.ask(go, 'ready')) !== null;
  }

  /** Null: it died over it. Throws when it answers that it could not. */
  async ask<T extends Answer['type']>(ask: Ask, expects: T): Promise<Extract<Answer, { type: T }> | null> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(WAIT_MS)]);
    const failed = once(this.#heard, 'failed', { signal });
    const heard = once(this.#heard, expects, { signal });
    for (const one of [failed, heard]) one.catch(() => undefined);
    if (!this.dead) this.#child.send(ask, () => undefined);
    const answer = await Promise.race([heard, failed, this.#gone]).finally(() => over.abort());
    if (answer === null) return null;
    const [said] = answer as [Answer];
    if (said.type === 'failed') throw new Error(said.error);
    return said as Extract<Answer, { type: T }>;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}
