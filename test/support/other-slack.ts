import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Fields = Readonly<Record<string, unknown>>;

export interface OtherMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Fields[];
  readonly threadTs: string | null;
  readonly to: string | null; // the one person who sees it
}

/**
 * A second Slack, independent of the sandbox and as small as one can be: messages, conversations, people, one socket. Everything
 * that came to Slack later (views, files, streams, groups, response URLs, metadata) is `unknown_method` or simply not there.
 */
export class OtherSlack {
  readonly botToken = 'xoxb-other';
  readonly appToken = 'xapp-other';
  readonly asked: string[] = []; // methods, in order
  readonly #messages: OtherMessage[] = [];
  readonly #http = createServer((request, response) => {
    void this.#answer(request).then((body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
  });
  readonly #sockets = new WebSocketServer({ server: this.#http });
  readonly #acks = new Map<string, () => void>();
  #socket: WebSocket | null = null;
  #last = 0;

  static async start(): Promise<OtherSlack> {
    const slack = new OtherSlack();
    slack.#sockets.on('connection', (socket) => slack.#welcome(socket));
    slack.#http.listen(0, '127.0.0.1');
    await once(slack.#http, 'listening');
    return slack;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/api/`;
  }

  /** Newest last. */
  messages(matching: RegExp = /./): readonly OtherMessage[] {
    return this.#messages.filter((message) => matching.test(`${message.text}\n${JSON.stringify(message.blocks)}`));
  }

  /** Presses the first button whose action_id starts so, on the message with this ts. Resolves with the acknowledgement. */
  async press(userId: string, ts: string, actionId: string): Promise<void> {
    const message = this.#messages.find((one) => one.ts === ts);
    const buttons = message?.blocks.flatMap((block) => (block['type'] === 'actions' ? (block['elements'] as Fields[]) : [])) ?? [];
    const action = buttons.find((button) => String(button['action_id']).startsWith(actionId));
    if (message === undefined || action === undefined) throw new Error(`no ${actionId} on ${ts}`);
    const channel = { id: message.channel };
    await this.#send('interactive', {
      ...{ type: 'block_actions', team: { id: 'T1' }, user: { id: userId, team_id: 'T1' }, channel, trigger_id: randomUUID(), api_app_id: 'A1' },
      message: { ts, text: message.text, ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }) },
      container: { type: 'message', message_ts: ts, channel_id: message.channel, is_ephemeral: false },
      actions: [{ ...action, action_ts: this.#ts(), block_id: 'b' }],
    });
  }

  async command(userId: string, command: string, text: string, channel: string): Promise<void> {
    await this.#send('slash_commands', { command, text, user_id: userId, channel_id: channel, team_id: 'T1', trigger_id: randomUUID(), api_app_id: 'A1' });
  }

  async openHome(userId: string): Promise<void> {
    const event = { type: 'app_home_opened', user: userId, channel: `D${userId.slice(1)}`, tab: 'home', event_ts: this.#ts() };
    await this.#send('events_api', { type: 'event_callback', team_id: 'T1', api_app_id: 'A1', event_id: randomUUID(), event });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
    if (this.#http.listening) await once(this.#http, 'close');
  }

  #ts(): string {
    this.#last += 1;
    return `${1_700_000_000 + this.#last}.000100`;
  }

  #welcome(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('message', (data) => this.#acks.get(String((JSON.parse(String(data)) as Fields)['envelope_id']))?.());
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
  }

  async #send(type: string, payload: Fields): Promise<void> {
    const id = randomUUID();
    const acknowledged = new Promise<void>((resolve) => this.#acks.set(id, resolve));
    this.#socket?.send(JSON.stringify({ envelope_id: id, type, accepts_response_payload: type !== 'events_api', payload }));
    await acknowledged;
  }

  async #answer(request: IncomingMessage): Promise<Fields> {
    const method = new URL(request.url ?? '/', 'http://localhost').pathname.replace('/api/', '');
    const args = await argumentsOf(request);
    this.asked.push(method);
    switch (method) {
      case 'auth.test':
        return { ok: true, user_id: 'U0BOT', team_id: 'T1' };
      case 'apps.connections.open':
        return { ok: true, url: `${this.apiUrl.replace('http', 'ws')}?ticket=1` };
      case 'users.info':
        return { ok: true, user: { id: args['user'], name: args['user'], real_name: args['user'] } };
      case 'conversations.info':
        return { ok: true, channel: { id: args['channel'], name: 'ops', is_private: false } };
      case 'conversations.history':
      case 'conversations.replies':
        return { ok: true, messages: [], has_more: false };
      case 'chat.postMessage':
        return this.#post(args, null);
      case 'chat.postEphemeral':
        return this.#post(args, String(args['user']));
      case 'chat.update':
        return this.#update(args);
      default:
        return { ok: false, error: 'unknown_method', req_method: method };
    }
  }

  #post(args: Fields, to: string | null): Fields {
    const threadTs = typeof args['thread_ts'] === 'string' ? args['thread_ts'] : null;
    const message = { channel: String(args['channel']), ts: this.#ts(), text: String(args['text'] ?? ''), blocks: blocksOf(args), threadTs, to };
    this.#messages.push(message);
    return { ok: true, channel: message.channel, ts: message.ts, message_ts: message.ts };
  }

  #update(args: Fields): Fields {
    const index = this.#messages.findIndex((one) => one.ts === args['ts'] && one.channel === args['channel']);
    const before = this.#messages[index];
    if (before === undefined) return { ok: false, error: 'message_not_found' };
    this.#messages[index] = { ...before, text: String(args['text'] ?? ''), blocks: blocksOf(args) };
    return { ok: true, channel: before.channel, ts: before.ts };
  }
}

const blocksOf = (args: Fields): Fields[] => (typeof args['blocks'] === 'string' ? (JSON.parse(args['blocks']) as Fields[]) : []);

async function argumentsOf(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}
