import { feedbackModal } from '../../blocks/modals.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { MessageShortcut } from '../types.ts';
import { words } from '../words.ts';

/** A 👎 with words, on any card of ours. */
export const sayWhatWasWrong: MessageShortcut = {
  callbackId: 'ops_what_was_wrong',
  async run(ask) {
    if (ask.about === null) throw new OpsError('invalid_input', words(ask.forMe.locale).notOurCard, words(ask.forMe.locale).feedbackExample);
    return { modal: feedbackModal(ask.about, 'bad', ask.forMe) };
  },
};
