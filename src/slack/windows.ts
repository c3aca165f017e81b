import type { ModalView } from '@slack/types';
import { OpsError } from '../domain/errors.ts';
import type { Where } from './answer.ts';
import { call } from './client.ts';
import type { EdgeContext } from './context.ts';
import { isMissingMethod, slackErrorCode } from './errors.ts';
import { realTime } from './pace.ts';
import { createPosting } from './posting.ts';

const OPEN_MAX = 1000;
const LATE: ReadonlySet<string> = new Set(['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id', 'trigger_exchanged']);

/** Windows that are open, and where each was opened from: there its answer goes. After a restart it goes to the person's DM. */
export interface Windows {
  /** Gives the id of the window. */
  open(context: EdgeContext, triggerId: string, view: ModalView, from: Where): Promise<string | null>;
  /** Puts another view in its place; a window that was closed meanwhile, or what cannot be shown, is only logged. */
  replace(context: EdgeContext, viewId: string, make: () => Promise<ModalView | null>): Promise<void>;
  origin(viewId: string, userId: string): Promise<Where>;
}

export function createWindows(): Windows {
  const from = new Map<string, Where>();
  const opening = createPosting();
  return {
    async open(context, triggerId, view, where) {
      try {
        return await opening.run(async () => {
          const opened = await call('views.open', () => context.client.views.open({ trigger_id: triggerId, view }));
          const oldest = from.keys().next();
          if (from.size >= OPEN_MAX && oldest.done !== true) from.delete(oldest.value);
          if (opened.view?.id !== undefined) from.set(opened.view.id, { ...where, respond: null });
          return opened.view?.id ?? null;
        });
      } catch (error) {
        if (isMissingMethod(error)) throw new OpsError('unavailable', 'This Slack has no windows.', 'Type it instead: "help" shows how.', { cause: error });
        if (!LATE.has(slackErrorCode(error) ?? '')) throw error;
        throw new OpsError('expired', 'The window could not open in time.', 'Press the button again.', { cause: error });
      }
    },
    async replace(context, viewId, make) {
      try {
        const view = await make();
        if (view === null) return;
        await realTime.sleep(context.pictureWaitMs);
        await call('views.update', () => context.client.views.update({ view_id: viewId, view }));
      } catch (error) {
        context.log.info({ error: String(error) }, 'a window stays as it was opened');
      }
    },
    async origin(viewId, userId) {
      if (!from.has(viewId)) await opening.settled();
      const where = from.get(viewId);
      from.delete(viewId);
      return where ?? { channel: userId, threadTs: null, userId, respond: null };
    },
  };
}
