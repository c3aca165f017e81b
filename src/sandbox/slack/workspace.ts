import { EventEmitter } from 'node:events';
import type { Clock } from '../../domain/ports.ts';
import { DEFAULT_CHANNELS, DEFAULT_GROUPS, DEFAULT_PEOPLE } from './people.ts';
import { Refusal } from './refusal.ts';
import type { GuideStep, Json, LocalChannel, LocalFile, LocalGroup, LocalMessage, LocalPerson, LocalSlackOptions, LocalView } from './types.ts';

export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'im';
  readonly with: string | null; // the person of an im
  readonly members: Set<string>;
  readonly createdAtS: number;
  readonly isPrivate: boolean;
  readonly isShared: boolean;
}
/** What an agent pane shows above a thread's input. */
export interface AgentThread {
  readonly status: string;
  readonly title: string;
  readonly prompts: readonly { readonly title: string; readonly message: string }[];
}

export const TEAM = { id: 'T0LOCAL001', domain: 'local', name: 'Local workspace' };
export const APP_ID = 'A0OPSLOOP1';
export const BOT_ID = 'B0OPSLOOP1';
export const BOT_USER_ID = 'U0OPSLOOP1';
const MESSAGES_MAX = 20_000; // a conversation; the oldest goes first
const EPHEMERALS_MAX = 500;
const FILES_MAX = 1000;

/** Everything the workspace holds, in memory. Emits `change` after each change. */
export class Workspace extends EventEmitter<{ change: [] }> {
  readonly people: ReadonlyMap<string, LocalPerson>;
  readonly channels: readonly LocalChannel[];
  readonly groups: readonly LocalGroup[];
  readonly conversations = new Map<string, Conversation>();
  readonly files = new Map<string, LocalFile>();
  readonly homes = new Map<string, LocalView>();
  readonly modals = new Map<string, LocalView[]>(); // a stack a person, the open one last
  readonly agentThreads = new Map<string, AgentThread>(); // by channel:thread_ts
  guide: readonly GuideStep[];
  readonly #messages = new Map<string, Map<string, LocalMessage>>();
  readonly #replies = new Map<string, Set<string>>(); // channel:root → their times
  readonly #ephemerals: LocalMessage[] = [];
  readonly #clock: Clock;
  #lastTsUs = 0;
  #counter = 0;

  constructor(options: LocalSlackOptions) {
    super();
    this.setMaxListeners(0);
    this.people = new Map((options.people ?? DEFAULT_PEOPLE).map((person) => [person.id, person]));
    this.channels = options.channels ?? DEFAULT_CHANNELS;
    this.groups = options.groups ?? (options.people === undefined ? DEFAULT_GROUPS : []);
    this.guide = options.guide ?? [];
    this.#clock = options.clock ?? { now: () => Date.now() };
    for (const { id, name, private: isPrivate = false, shared: isShared = false } of this.channels) {
      const members = new Set([...this.people.keys(), BOT_USER_ID]);
      this.#add({ id, name, kind: 'channel', with: null, members, isPrivate, isShared });
    }
    for (const person of this.people.values())
      this.#add({
        id: dmId(person.id),
        name: person.handle,
        kind: 'im',
        with: person.id,
        members: new Set([person.id, BOT_USER_ID]),
        isPrivate: true,
        isShared: false,
      });
  }

  #add(conversation: Omit<Conversation, 'createdAtS'>): void {
    this.conversations.set(conversation.id, { ...conversation, createdAtS: Math.floor(this.#clock.now() / 1000) });
    this.#messages.set(conversation.id, new Map());
  }

  now(): number {
    return this.#clock.now();
  }

  /** The next message time, `seconds.microseconds`; never the same twice. */
  nextTs(): string {
    this.#lastTsUs = Math.max(this.#lastTsUs + 1, Math.floor(this.#clock.now() * 1000));
    const seconds = Math.floor(this.#lastTsUs / 1e6);
    return `${seconds}.${String(this.#lastTsUs % 1e6).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#counter.toString(36).toUpperCase().padStart(7, '0')}`;
  }

  changed(): void {
    this.emit('change');
  }

  isPerson(userId: string): boolean {
    return this.people.has(userId) || userId === BOT_USER_ID;
  }

  /** A conversation by id, `#name`, name, or the id of a person (their DM). */
  find(channel: string): Conversation | null {
    const direct = this.conversations.get(channel) ?? this.conversations.get(dmId(channel));
    if (direct !== undefined) return direct;
    const name = channel.replace(/^#/, '');
    return [...this.conversations.values()].find((one) => one.kind === 'channel' && one.name === name) ?? null;
  }

  conversation(channel: string): Conversation {
    const found = this.find(channel);
    if (found === null) throw new Refusal('channel_not_found');
    return found;
  }

  message(channel: string, ts: string): LocalMessage | null {
    return this.#messages.get(channel)?.get(ts) ?? null;
  }

  /** Every message of a conversation, replies too, oldest first. */
  all(channel: string): LocalMessage[] {
    return [...(this.#messages.get(channel)?.values() ?? [])];
  }

  /** The root and its replies, oldest first. */
  thread(channel: string, rootTs: string): LocalMessage[] {
    const replies = this.#replies.get(`${channel}:${rootTs}`) ?? [];
    return [rootTs, ...replies].map((ts) => this.message(channel, ts)).filter((message) => message !== null);
  }

  post(message: LocalMessage): LocalMessage {
    const messages = this.#messages.get(message.channel);
    if (messages === undefined) throw new Refusal('channel_not_found');
    messages.set(message.ts, message);
    if (message.threadTs !== null) this.#addReply(messages, message.threadTs, message);
    const [oldest] = messages.values();
    if (messages.size > MESSAGES_MAX && oldest !== undefined) this.#forget(oldest);
    this.changed();
    return message;
  }

  #addReply(messages: Map<string, LocalMessage>, rootTs: string, reply: LocalMessage): void {
    const root = messages.get(rootTs);
    if (root !== undefined && root.threadTs === null) messages.set(rootTs, { ...root, threadTs: rootTs });
    const key = `${reply.channel}:${rootTs}`;
    this.#replies.set(key, (this.#replies.get(key) ?? new Set()).add(reply.ts));
  }

  #forget(message: LocalMessage): void {
    this.#messages.get(message.channel)?.delete(message.ts);
    const key = `${message.channel}:${message.threadTs}`;
    const replies = this.#replies.get(key);
    replies?.delete(message.ts);
    if (replies?.size === 0) this.#replies.delete(key);
  }

  replace(message: LocalMessage): void {
    const index = message.ephemeralTo === null ? -1 : this.#ephemerals.findIndex((one) => one.ts === message.ts);
    if (index >= 0) this.#ephemerals[index] = message;
    else this.#messages.get(message.channel)?.set(message.ts, message);
    this.changed();
  }

  remove(message: LocalMessage): void {
    const index = message.ephemeralTo === null ? -1 : this.#ephemerals.findIndex((one) => one.ts === message.ts);
    if (index >= 0) this.#ephemerals.splice(index, 1);
    else this.#forget(message);
    this.changed();
  }

  whisper(message: LocalMessage): LocalMessage {
    this.#ephemerals.push(message);
    if (this.#ephemerals.length > EPHEMERALS_MAX) this.#ephemerals.shift();
    this.changed();
    return message;
  }

  ephemerals(userId: string): LocalMessage[] {
    return this.#ephemerals.filter((message) => message.ephemeralTo === userId);
  }

  addFile(file: LocalFile): void {
    this.files.set(file.id, file);
    const oldest = this.files.keys().next().value;
    if (this.files.size > FILES_MAX && oldest !== undefined) this.files.delete(oldest);
    this.changed();
  }

  /** A message of the bot or a person, with nothing in it but its text. */
  draft(channel: string, user: string, text: string): LocalMessage {
    const nothing = { blocks: [], attachments: [], reactions: [], files: [], metadata: null };
    const plain = { threadTs: null, editedTs: null, ephemeralTo: null, streaming: false };
    return { ts: this.nextTs(), channel, user, fromBot: user === BOT_USER_ID, text, ...nothing, ...plain };
  }
}

export function dmId(userId: string): string {
  return userId.replace(/^U/, 'D');
}

/** Gives blocks without an id one, and their interactive elements, as Slack does. */
export function withIds(blocks: readonly Json[], nextId: (prefix: string) => string): Json[] {
  const named = (element: unknown): unknown => {
    if (typeof element !== 'object' || element === null || !('type' in element)) return element;
    const acts = !['image', 'mrkdwn', 'plain_text'].includes(String(element.type)) && !('action_id' in element);
    return acts ? { ...element, action_id: nextId('a') } : element;
  };
  return blocks.map((block) => {
    const withId = { block_id: nextId('b'), ...block };
    const elements = block['elements'];
    if ((block['type'] === 'actions' || block['type'] === 'context_actions') && Array.isArray(elements)) return { ...withId, elements: elements.map(named) };
    if (block['accessory'] !== undefined) return { ...withId, accessory: named(block['accessory']) };
    if (block['element'] !== undefined) return { ...withId, element: named(block['element']) };
    return withId;
  });
}
