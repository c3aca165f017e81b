import type { Locale } from '../../blocks/card.ts';
import type { MessageRef, Repositories } from '../domain/store.ts';

/** A card that answered a command, in the language of who asked or of the channel. */
export interface Copy extends MessageRef {
  readonly locale: Locale;
}

const COPIES_MAX = 5;
const MARK = '@';

/** Whose card a message shows: `PLAN-34` for the card itself and for a copy that answered a command. */
export async function subjectOfMessage(store: Repositories, ref: MessageRef): Promise<string | null> {
  const name = await store.messages.subjectAt(ref);
  return name === null ? null : (name.split(MARK)[0] ?? null);
}

/** Remembers what an answer is about, so that it can be reacted to. */
export async function rememberAnswer(store: Repositories, subject: string, ref: MessageRef): Promise<void> {
  await store.messages.put(`${subject}${MARK}${ref.channel}:${ref.ts}`, ref);
}

/** Whether the message is the subject's own card or a copy that follows it. */
export async function isLive(store: Repositories, subject: string, ref: MessageRef): Promise<boolean> {
  const same = (other: MessageRef | null): boolean => other?.channel === ref.channel && other.ts === ref.ts;
  return same(await store.messages.get(subject)) || (await copiesOf(store, subject)).some(same);
}

/** A card of the subject's own, posted as an answer: from now on it follows the subject's state. The oldest gives way. */
export async function rememberCopy(store: Repositories, subject: string, copy: Copy, nowMs: number): Promise<void> {
  const refs = [copy, ...(await copiesOf(store, subject))].slice(0, COPIES_MAX);
  await store.settings.set(key(subject), JSON.stringify(refs), nowMs);
}

export async function forgetCopy(store: Repositories, subject: string, ref: MessageRef, nowMs: number): Promise<void> {
  const refs = (await copiesOf(store, subject)).filter((copy) => copy.ts !== ref.ts || copy.channel !== ref.channel);
  await store.settings.set(key(subject), JSON.stringify(refs), nowMs);
}

export async function copiesOf(store: Repositories, subject: string): Promise<readonly Copy[]> {
  const text = await store.settings.get(key(subject));
  return text === null ? [] : (JSON.parse(text) as Copy[]);
}

const key = (subject: string): string => `copies:${subject}`;
