import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Json } from './types.ts';
import { APP_ID } from './workspace.ts';

const SOCKETS_MAX = 10;
const TICKET_TTL_MS = 30_000;
const TIMERS_MAX = 2000; // events that wait to be sent again; more are given up, as Slack gives up on an app that is down
const PING_EVERY_MS = 10_000;
const CLOSE_WITHIN_MS = 200;

export interface HubTimes {
  readonly ackTimeoutMs: number;
  readonly redeliverAfterMs: readonly number[]; // after each failed try of an event
}
/** What became of one envelope. `no_connection`: nobody listens; `timeout`: no acknowledgement in time. */
export type Ack = { readonly ok: true; readonly payload: Json } | { readonly ok: false; readonly reason: 'no_connection' | 'timeout' };

/** The Socket Mode side of Slack: one-use tickets, up to ten sockets, envelopes, acknowledgements, redelivery. */
export class SocketHub {
  ackDelayMs = 0;
  readonly #times: HubTimes;
  readonly #tickets = new Map<string, number>(); // → issued at, ms
  readonly #sockets: WebSocket[] = [];
  readonly #waiting = new Map<string, (ack: Ack) => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #server = new WebSocketServer({ noServer: true });
  #next = 0;
  #lastEvent: Json | null = null;
  #stopped = false;

  constructor(times: HubTimes) {
    this.#times = times;
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Takes the upgrades of `/link?ticket=…` on this server. `open` says whether connections are taken now. */
  attach(server: Server, open: () => boolean): void {
    server.on('upgrade', (request, socket, head) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname !== '/link' || !open() || !this.#redeem(searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (accepted) => this.#welcome(accepted));
    });
  }

  issueTicket(): string {
    const ticket = randomUUID();
    for (const [old, atMs] of this.#tickets) if (performance.now() - atMs > TICKET_TTL_MS) this.#tickets.delete(old);
    this.#tickets.set(ticket, performance.now());
    return ticket;
  }

  #redeem(ticket: string): boolean {
    const issuedAtMs = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return issuedAtMs !== undefined && performance.now() - issuedAtMs <= TICKET_TTL_MS;
  }

  #welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (this.#sockets.length >= SOCKETS_MAX) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'local' } }));
      socket.close();
      return;
    }
    this.#sockets.push(socket);
    const ping = setInterval(() => socket.ping('Ping from local'), PING_EVERY_MS);
    socket.on('message', (data) => this.#received(String(data)));
    socket.on('close', () => {
      clearInterval(ping);
      const index = this.#sockets.indexOf(socket);
      if (index >= 0) this.#sockets.splice(index, 1);
    });
    const debug = { host: 'local', build_number: 1, approximate_connection_time: 18_060 };
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.#sockets.length, connection_info: { app_id: APP_ID }, debug_info: debug }));
  }

  #received(text: string): void {
    let ack: { envelope_id?: unknown; payload?: unknown };
    try {
      ack = JSON.parse(text);
    } catch {
      return; // Slack ignores what it cannot read
    }
    const resolve = this.#waiting.get(String(ack.envelope_id));
    if (resolve === undefined) return;
    const payload = typeof ack.payload === 'object' && ack.payload !== null ? (ack.payload as Json) : {};
    if (this.ackDelayMs > 0) this.#later(this.ackDelayMs, () => resolve({ ok: true, payload }));
    else resolve({ ok: true, payload });
  }

  #later(delayMs: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }

  /** Sends one envelope to one of the sockets, each in turn, and waits for its acknowledgement. */
  async send(type: 'events_api' | 'slash_commands' | 'interactive', payload: Json, retry: Json = {}): Promise<Ack> {
    const open = this.#sockets.filter((socket) => socket.readyState === socket.OPEN);
    const socket = open[this.#next++ % Math.max(1, open.length)];
    if (socket === undefined || this.#stopped) return { ok: false, reason: 'no_connection' };
    const envelopeId = randomUUID();
    const acked = new Promise<Ack>((resolve) => {
      const timer = this.#later(this.#times.ackTimeoutMs, () => {
        this.#waiting.delete(envelopeId);
        resolve({ ok: false, reason: 'timeout' });
      });
      this.#waiting.set(envelopeId, (ack) => {
        clearTimeout(timer);
        this.#timers.delete(timer);
        this.#waiting.delete(envelopeId);
        resolve(ack);
      });
    });
    socket.send(JSON.stringify({ envelope_id: envelopeId, type, accepts_response_payload: type !== 'events_api', payload, ...retry }));
    return acked;
  }

  /** Sends an event, and again as long as it is not acknowledged and tries are left. */
  async sendEvent(payload: Json, attempt = 0, reason = ''): Promise<void> {
    this.#lastEvent = payload;
    const ack = await this.send('events_api', payload, { retry_attempt: attempt, retry_reason: reason });
    const afterMs = this.#times.redeliverAfterMs[attempt];
    if (ack.ok || afterMs === undefined || this.#stopped || this.#timers.size >= TIMERS_MAX) return;
    this.#later(afterMs, () => void this.sendEvent(payload, attempt + 1, ack.reason));
  }

  redeliverLast(): boolean {
    if (this.#lastEvent === null || this.#sockets.length === 0) return false;
    void this.send('events_api', this.#lastEvent, { retry_attempt: 1, retry_reason: 'timeout' });
    return true;
  }

  drop(): void {
    for (const socket of [...this.#sockets]) socket.terminate();
  }

  disconnect(reason: string): void {
    for (const socket of [...this.#sockets]) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }));
  }

  /** Closes every socket, those that do not answer the closing by force. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const resolve of [...this.#waiting.values()]) resolve({ ok: false, reason: 'no_connection' });
    for (const socket of [...this.#sockets]) socket.close(1001);
    for (let waitedMs = 0; this.#sockets.length > 0 && waitedMs < CLOSE_WITHIN_MS; waitedMs += 5) await sleep(5);
    this.drop();
    this.#server.close();
  }
}
