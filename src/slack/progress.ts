import type { Card } from '../../blocks/card.ts';
import type { MessageRef } from '../domain/store.ts';
import type { Where } from './answer.ts';
import type { EdgeContext } from './context.ts';
import type { Mark } from './poster.ts';

/** One message that says how far a slow request is. */
export interface Progress {
  /** How far it is now; people see it once `begin` was called. */
  show(card: Card): void;
  /** The request turns out to be slow. False: it has nothing to show. */
  begin(): boolean;
  /** No more of it. The message that is there, for the answer to take its place; null: there is none. */
  end(): Promise<MessageRef | null>;
}

const MARK: Mark = { subject: 'progress', notice: null };

/** Posted once, then updated: one write at a time, and of several states that came meanwhile only the last is shown. */
export function createProgress(context: EdgeContext, where: Where): Progress {
  let latest: Card | null = null;
  let shown: Card | null = null;
  let ref: MessageRef | null = null;
  let state: 'quiet' | 'showing' | 'ended' = 'quiet';
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (state === 'showing' && latest !== null && latest !== shown) {
      shown = latest;
      if (ref === null) ref = await context.poster.post(where, shown, MARK);
      else if (!(await context.poster.update(ref, shown, MARK))) ref = null;
    }
  };
  const wake = (): void => {
    if (state !== 'showing' || writing !== null) return;
    writing = write()
      .catch((error: unknown) => {
        state = 'ended'; // a place the bot may not write in: the answer finds its own way
        context.log.debug({ error: String(error) }, 'no word of progress');
      })
      .finally(() => {
        writing = null;
      });
  };
  return {
    show(card) {
      latest = card;
      wake();
    },
    begin() {
      if (latest === null || state === 'ended') return false;
      state = 'showing';
      wake();
      return true;
    },
    async end() {
      state = 'ended';
      await writing;
      return ref;
    },
  };
}
