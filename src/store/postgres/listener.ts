import pg from 'pg';
import type { Listeners } from '../wake.ts';
import { channelName } from './connection.ts';

const AGAIN_MS = 500;
const ALIVE_MS = 5000;

/** One connection that listens, made with the first listener and again whenever it is lost. */
export class Listener {
  readonly #config: pg.ClientConfig;
  readonly #listeners: Listeners;
  readonly #heard = new Set<string>();
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(config: pg.ClientConfig, listeners: Listeners) {
    this.#config = config;
    this.#listeners = listeners;
  }

  /** Listens to this channel too, as soon as there is a connection. */
  listen(channel: string): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'new') {
      this.#state = 'open';
      void this.#connect();
    } else if (this.#client !== null) void this.#hear(this.#client, channel).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload }) => this.#listeners.tell(channel.slice(channelName('').length), payload ?? ''));
    try {
      await client.connect();
      this.#turn = Promise.resolve();
      this.#heard.clear();
      for (const channel of this.#listeners.channels()) await this.#hear(client, channel);
      if (this.#state === 'closed') return await client.end();
      this.#client = client;
      for (const channel of this.#listeners.channels()) await this.#hear(client, channel);
      this.#watch(client);
    } catch {
      this.#lost(client);
    }
  }

  /** What was told before is lost, so whoever listens is told to look. */
  async #hear(client: pg.Client, channel: string): Promise<void> {
    if (this.#heard.has(channel)) return;
    this.#heard.add(channel);
    await this.#ask(client, `LISTEN ${pg.escapeIdentifier(channelName(channel))}`);
    this.#listeners.tell(channel, '');
  }

  /** One question at a time. */
  #ask(client: pg.Client, sql: string): Promise<unknown> {
    const next = this.#turn.then(() => client.query(sql));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** A listener hears nothing from a dead server either, so it asks now and then. */
  #watch(client: pg.Client): void {
    this.#timer = setTimeout(() => {
      this.#ask(client, 'SELECT 1').then(
        () => (this.#client === client ? this.#watch(client) : undefined),
        () => this.#lost(client),
      );
    }, ALIVE_MS).unref();
  }

  #lost(client: pg.Client): void {
    if (this.#client !== null && this.#client !== client) return;
    this.#client = null;
    void client.end().catch(() => undefined);
    if (this.#state === 'closed') return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), AGAIN_MS).unref();
  }
}
