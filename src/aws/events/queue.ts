import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { AlarmSource, Batch, ChangeSource, TimeWindow } from '../../domain/ports.ts';
import type { Alarm, Change } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { readMessage } from './message.ts';

const MESSAGES_A_CALL = 10;
const RECEIVES_A_READ = 30;
const HIDDEN_S = 120; // longer than a tick takes to file what it got
const FIRST_WAIT_S = 2;
const MOST_HELD = 2000;

interface Held<T> {
  readonly item: T;
  readonly receipts: Set<string>;
}

/**
 * One queue that EventBridge and SNS write to, read by two sources. A message is deleted only when what it told is filed; until
 * then it stays in hand, and after a crash the queue shows it again. Unknown messages are left: the queue's own rule moves them
 * to the dead-letter queue.
 */
export class EventQueue {
  readonly alarms: AlarmSource;
  readonly changes: ChangeSource;
  readonly #scope: Scope;
  readonly #url: string;
  readonly #known: (plainId: string) => string;
  readonly #alarms = new Map<string, Held<Alarm>>();
  readonly #changes = new Map<string, Held<Change>>();
  #unknown = 0;
  #polling: Promise<void> | null = null;

  constructor(scope: Scope, url: string, known: (plainId: string) => string) {
    this.#scope = scope;
    this.#url = url;
    this.#known = known;
    this.alarms = { name: `Alarm events ${scope.label}`, read: (window, signal) => this.#read(this.#alarms, window, signal) };
    this.changes = { name: `Change events ${scope.label}`, read: (window, signal) => this.#read(this.#changes, window, signal) };
  }

  /** Events that come late are given as well: only the end of the window counts here. */
  async #read<T extends { readonly timestampMs: number }>(held: Map<string, Held<T>>, window: TimeWindow, signal: AbortSignal): Promise<Batch<T>> {
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps: [] };
    this.#unknown = this.#polling === null ? 0 : this.#unknown;
    this.#polling ??= this.#poll(signal).finally(() => {
      this.#polling = null;
    });
    await this.#polling;
    const given = [...held].filter(([, { item }]) => item.timestampMs <= window.toMs);
    const gaps =
      this.#unknown === 0
        ? []
        : [`${this.#unknown} messages of an unknown shape are in the event queue of ${this.#scope.label}; they go to its dead-letter queue.`];
    return { items: given.map(([, { item }]) => item), completeUntilMs: window.toMs, gaps, commit: () => this.#commit(held, given) };
  }

  async #commit<T>(held: Map<string, Held<T>>, given: readonly (readonly [string, Held<T>])[]): Promise<void> {
    for (const [id] of given) held.delete(id);
    await this.#delete(given.flatMap(([, { receipts }]) => [...receipts]));
  }

  async #poll(abortSignal: AbortSignal): Promise<void> {
    for (let receive = 0; receive < RECEIVES_A_READ && this.#alarms.size + this.#changes.size < MOST_HELD; receive += 1) {
      const { Messages = [] } = await reading(this.#scope, 'sqs:ReceiveMessage', () =>
        this.#scope.read.sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: this.#url,
            MaxNumberOfMessages: MESSAGES_A_CALL,
            VisibilityTimeout: HIDDEN_S,
            WaitTimeSeconds: receive === 0 ? FIRST_WAIT_S : 0,
          }),
          { abortSignal },
        ),
      );
      const done: string[] = [];
      for (const { Body = '', ReceiptHandle } of Messages) if (ReceiptHandle !== undefined && this.#take(Body, ReceiptHandle)) done.push(ReceiptHandle);
      await this.#delete(done);
      if (Messages.length < MESSAGES_A_CALL) return;
    }
  }

  /** True when the message needs nothing more and may be deleted. */
  #take(body: string, receipt: string): boolean {
    const told = readMessage(body, this.#known);
    if (told.kind === 'alarm') hold(this.#alarms, told.alarm, receipt);
    if (told.kind === 'change') hold(this.#changes, told.change, receipt);
    if (told.kind === 'unknown') this.#unknown += 1;
    return told.kind === 'nothing';
  }

  async #delete(receipts: readonly string[]): Promise<void> {
    for (let at = 0; at < receipts.length; at += MESSAGES_A_CALL) {
      const Entries = receipts.slice(at, at + MESSAGES_A_CALL).map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      await reading(this.#scope, 'sqs:DeleteMessage', () => this.#scope.read.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries })));
    }
  }
}

function hold<T extends { readonly id: string }>(held: Map<string, Held<T>>, item: T, receipt: string): void {
  const there = held.get(item.id);
  if (there === undefined) held.set(item.id, { item, receipts: new Set([receipt]) });
  else there.receipts.add(receipt);
}
