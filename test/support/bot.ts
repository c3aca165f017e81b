import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BotOptions } from './bot-process.ts';

const SCRIPT = join(import.meta.dirname, 'bot-process.ts');
const WAIT_MS = 40_000;

/** A handle on a bot in a process of its own. */
export class Bot {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = once(child, 'exit').then(() => undefined);
  }

  static async start(options: BotOptions): Promise<Bot> {
    const bot = new Bot(fork(SCRIPT, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    await bot.#hear('ready');
    return bot;
  }

  get dead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** One round of the loop at that time; false when the bot died over it. */
  async tick(nowMs: number): Promise<boolean> {
    if (this.dead) return false;
    this.#child.send({ type: 'tick', nowMs });
    return await Promise.race([this.#hear('ticked').then(() => true), this.exited.then(() => false)]);
  }

  async stop(): Promise<void> {
    if (this.dead) return;
    this.#child.send({ type: 'stop' });
    await this.exited;
  }

  /** As when the machine loses power. */
  async kill(): Promise<void> {
    if (!this.dead) this.#child.kill('SIGKILL');
    await this.exited;
  }

  async #hear(type: string): Promise<void> {
    const signal = AbortSignal.timeout(WAIT_MS);
    for (;;) {
      const heard = await Promise.race([once(this.#child, 'message', { signal }), this.exited.then(() => null)]);
      if (heard === null) throw new Error('the bot ended');
      if ((heard[0] as { type: string }).type === type) return;
    }
  }
}
