import type { Answer, Ask } from './messages.ts';
import { BotProcess } from './process.ts';
import type { Errand, Life } from './script.ts';
import type { World } from './world.ts';

/** The bot of a world over all its lives. The process of the next life is always loaded already. */
export class Bot {
  readonly #world: World;
  readonly #cache: string;
  #now: BotProcess;
  #next: BotProcess;

  /** `cache`: the folder of compiled modules, shared by all. */
  constructor(world: World, cache: string) {
    this.#world = world;
    this.#cache = cache;
    this.#now = new BotProcess(cache);
    this.#next = new BotProcess(cache);
  }

  get dead(): boolean {
    return this.#now.dead;
  }

  get end(): string {
    return this.#now.end;
  }

  /** False: it died before it was ready. */
  async start(first: Errand): Promise<boolean> {
    return await this.#now.go(this.#world.goFor(first));
  }

  /** Bots come back until one lives long enough to say so. */
  async restart(life: Life | null): Promise<void> {
    for (;;) {
      this.#now = this.#next;
      this.#next = new BotProcess(this.#cache);
      if (await this.start(life?.now ?? null)) return;
      life?.died(this.#now.end);
    }
  }

  /** Null: it died over it. */
  async ask<T extends Answer['type']>(ask: Ask, expects: T): Promise<Extract<Answer, { type: T }> | null> {
    return await this.#now.ask(ask, expects);
  }

  /** One round of its loop, at the world's time. */
  async tick(): Promise<void> {
    await this.ask({ type: 'tick', nowMs: this.#world.clock.now() }, 'done');
  }

  async arm(errand: Errand): Promise<void> {
    if (errand === 'record') await this.ask({ type: 'record' }, 'done');
    else if (errand !== null) await this.ask({ type: 'arm', ...errand }, 'done');
  }

  /** False: it died before it heard of it. */
  async disarm(): Promise<boolean> {
    return (await this.ask({ type: 'arm', point: null, skip: 0 }, 'done')) !== null;
  }

  async close(): Promise<void> {
    await Promise.all([this.#now.kill(), this.#next.kill()]);
  }
}
