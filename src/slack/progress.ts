import type { ProgressCard } from '../../blocks/progress.ts';
import type { MessageRef } from '../domain/store.ts';
import type { Where } from './answer.ts';
import { type EdgeContext, isPaneThread } from './context.ts';
import type { Mark } from './poster.ts';
import { streaming } from './streaming.ts';

/** One message that says how far a slow request is. */
export interface Progress {
  /** How far it is now; people see it once `begin` was called. */
  show(card: ProgressCard): void;
  /** The request turns out to be slow. False: it has nothing to show. */
  begin(): boolean;
  /** No more of it. The message that is there, for the answer to take its place; null: there is none. */
  end(): Promise<MessageRef | null>;
}

/** How progress is written: as a message that is edited, or as Slack's own stream of steps. */
export interface Writing {
  open(card: ProgressCard): Promise<MessageRef>;
  /** False: the message is gone. */
  change(ref: MessageRef, card: ProgressCard): Promise<boolean>;
  close(ref: MessageRef): Promise<void>;
}

const MARK: Mark = { subject: 'progress', notice: null };

const editing = ({ poster }: EdgeContext, where: Where): Writing => ({
  open: ({ text, blocks }) => poster.post(where, { text, blocks }, MARK),
  change: (ref, { text, blocks }) => poster.update(ref, { text, blocks }, MARK),
  close: async () => {},
});

/** Written once, then changed: one write at a time, and of several states that came meanwhile only the last is shown. */
export function createProgress(context: EdgeContext, where: Where): Progress {
  const plain = editing(context, where);
  const writer = isPaneThread(where) ? streaming(context, where, plain) : plain;
  let latest: ProgressCard | null = null;
  let shown: ProgressCard | null = null;
  let ref: MessageRef | null = null;
  let state: 'quiet' | 'showing' | 'ended' = 'quiet';
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (state === 'showing' && latest !== null && latest !== shown) {
      shown = latest;
      if (ref === null) ref = await writer.open(shown);
      else if (!(await writer.change(ref, shown))) ref = null;
    }
  };
  const failed = (error: unknown): void => {
    state = 'ended'; // a place the bot may not write in: the answer finds its own way
    context.log.debug({ error: String(error) }, 'no word of progress');
  };
  const wake = (): void => {
    if (state !== 'showing' || writing !== null) return;
    writing = write()
      .catch(failed)
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
      if (ref !== null) await writer.close(ref).catch(failed);
      return ref;
    },
  };
}
