import type { Clock } from '../../domain/ports.ts';

/** Anything that came as JSON. */
export type Json = Readonly<Record<string, unknown>>;

export interface LocalPerson {
  readonly id: string; // U…
  readonly name: string; // "Ana Ruiz"
  readonly handle: string; // "ana"
  readonly locale: string; // "en-US", "zh-CN"
  readonly timeZone: string; // IANA
  readonly admin?: boolean;
  readonly deactivated?: boolean;
  readonly guest?: boolean;
}
export interface LocalChannel {
  readonly id: string; // C…
  readonly name: string;
  readonly private?: boolean;
  readonly shared?: boolean; // with another organisation
}
export interface LocalGroup {
  readonly id: string; // S…
  readonly handle: string;
  readonly members: readonly string[];
}

export interface LocalReaction {
  readonly name: string; // "+1", "+1::skin-tone-3"
  readonly users: readonly string[];
}
export interface LocalFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  readonly createdAtMs: number;
  readonly channels: readonly string[];
}
/** A message as it stands now. `blocks` carry the block_id and action_id Slack gave those that had none. */
export interface LocalMessage {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs: string | null; // of the thread's root; on a root that has replies, its own ts
  readonly user: string; // the bot's user id for the bot
  readonly fromBot: boolean;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly reactions: readonly LocalReaction[];
  readonly files: readonly LocalFile[];
  readonly metadata: Json | null;
  readonly editedTs: string | null;
  readonly ephemeralTo: string | null; // the one person who sees it
  readonly streaming: boolean;
}
/** A modal or a Home tab as it stands now, with Slack's own fields (id, hash, state, …). */
export interface LocalView extends Json {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly hash: string;
  readonly blocks: readonly Json[];
  readonly callback_id: string;
  readonly private_metadata: string;
}

/** One call of the Web API. `outcome` is `ok`, Slack's error name, `http 429`, … */
export interface ApiCall {
  readonly method: string;
  readonly args: Json; // without the token
  readonly outcome: string;
  readonly atMs: number;
  readonly tookMs: number;
}
/** Something a person did that the app was not told, and why. */
export interface NotSent {
  readonly what: string;
  readonly reason: string;
}

/** What came back from the app: `error` is what Slack would show ("operation_timeout"), null when it acknowledged. */
export interface AppReply {
  readonly ok: boolean;
  readonly error: string | null;
  readonly message: LocalMessage | null; // what the app answered in its acknowledgement, seen by this person only
}
export interface SubmitReply {
  readonly ok: boolean;
  readonly error: string | null;
  readonly errors: Readonly<Record<string, string>>; // block_id → words, shown under the field
}
export type FieldValue = string | readonly string[];
/** Where something is: a message, or the view a person has open. */
export type Place = { readonly channel: string; readonly ts: string } | 'home' | 'modal';

/** A person whose hands are a script's. Every action resolves once the app has acknowledged, or has failed to in time. */
export interface ScriptedPerson {
  readonly person: LocalPerson;
  /** Posts to a channel, a DM (its id) or a thread. */
  say(channel: string, text: string, options?: { readonly threadTs?: string }): Promise<LocalMessage>;
  /** `@bot text` in a channel. */
  mention(channel: string, text: string, options?: { readonly threadTs?: string }): Promise<LocalMessage>;
  dm(text: string, options?: { readonly threadTs?: string }): Promise<LocalMessage>;
  command(name: string, text?: string, channel?: string): Promise<AppReply>;
  /** Presses a button or picks in a menu, found by the start of its action_id or by its text; confirms its dialog. OpsError('not_found') says what is there. */
  click(place: Place, what: string, value?: FieldValue): Promise<AppReply>;
  react(place: { readonly channel: string; readonly ts: string }, name: string): Promise<void>;
  unreact(place: { readonly channel: string; readonly ts: string }, name: string): Promise<void>;
  openHome(): Promise<void>;
  /** Opens the agent pane: a new thread in the DM. */
  openAgent(): Promise<{ readonly channel: string; readonly threadTs: string }>;
  /** Fills the open modal (by block_id or action_id; what is not given keeps its initial value) and submits it. */
  submit(values?: Readonly<Record<string, FieldValue>>): Promise<SubmitReply>;
  closeModal(): Promise<void>;
  /** A message shortcut with `place`, a global one without. */
  shortcut(callbackId: string, place?: { readonly channel: string; readonly ts: string }): Promise<AppReply>;
}

/** What can be made to go wrong. `method` is a Web API method, `*` for each, or (for `fail`) `response_url`. */
export interface Faults {
  rateLimit(method: string, times: number, retryAfterS: number): void;
  fail(method: string, error: string, times?: number): void;
  /** Does what was asked and loses the answer: the caller sees a broken connection. */
  loseReply(method: string, times?: number): void;
  slow(method: string, delayMs: number, times?: number): void;
  /** Cuts every socket without a word. */
  dropSockets(): void;
  /** Says `disconnect` with a reason, as Slack does before it closes. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'too_many_websockets' | 'link_disabled'): void;
  /** Sends the last event again, under the same event_id. False when there was none or nobody listens. */
  redeliverLast(): boolean;
  /** Acknowledgements count as arriving this much later; 0 ends it. */
  delayAcks(delayMs: number): void;
  /** HTTP 503 to everything and no sockets, for this long. */
  downFor(durationMs: number): void;
}

export interface LocalSlackOptions {
  readonly manifest: unknown; // manifest.yml, parsed
  readonly people?: readonly LocalPerson[];
  readonly channels?: readonly LocalChannel[]; // the bot is a member of each
  readonly groups?: readonly LocalGroup[];
  readonly port?: number; // 0: any free one
  readonly clock?: Clock; // of message times; time-outs run in real time
  readonly ackTimeoutMs?: number;
  readonly redeliverAfterMs?: readonly number[];
  readonly triggerTtlMs?: number;
  readonly responseUrlTtlMs?: number;
  readonly guide?: readonly GuideStep[];
}
/** One step of the short guide on the page. */
export interface GuideStep {
  readonly text: string;
  readonly state: 'todo' | 'now' | 'done';
}

export interface LocalSlack {
  readonly apiUrl: string;
  readonly pageUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly teamId: string;
  readonly botUserId: string;
  readonly channels: readonly LocalChannel[];
  readonly people: readonly LocalPerson[];
  readonly faults: Faults;
  as(userId: string): ScriptedPerson;
  /** What the channel shows (thread replies are in `thread`), oldest first, without ephemerals. */
  messages(channelId: string): readonly LocalMessage[];
  /** The root and its replies. */
  thread(channelId: string, ts: string): readonly LocalMessage[];
  ephemerals(userId: string): readonly LocalMessage[];
  /** The conversation of this person with the bot, replies in threads too. */
  dm(userId: string): readonly LocalMessage[];
  home(userId: string): LocalView | null;
  openModal(userId: string): LocalView | null;
  files(): readonly LocalFile[];
  calls(): readonly ApiCall[];
  notSent(): readonly NotSent[];
  sockets(): number;
  /** Resolves with what the predicate gives once it is truthy; looks after each change. OpsError('expired') names `what`. */
  waitFor<T>(what: string, predicate: () => T | null | undefined | false, timeoutMs?: number): Promise<T>;
  setGuide(steps: readonly GuideStep[]): void;
  stop(): Promise<void>;
}
