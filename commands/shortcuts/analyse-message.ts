import { analysisCard } from '../../blocks/analysis.ts';
import { user } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { clean } from '../parse.ts';
import { type MessageShortcut, privately } from '../types.ts';
import { words } from '../words.ts';

const TEXT_MAX = 1000;

/** On a card of ours: its incident. On any other message: its text. Only the asker sees the answer. */
export const analyseMessage: MessageShortcut = {
  callbackId: 'ops_analyse_message',
  async run(ask, { verbs, run }) {
    const subject = ask.about ?? clean(ask.text).slice(0, TEXT_MAX);
    if (subject === '') throw new OpsError('invalid_input', words(ask.forMe.locale).emptyMessage, words(ask.forMe.locale).example('rca INC-12'));
    return privately(analysisCard(await verbs.analyse(subject, user(ask.userId), { signal: run.signal }), ask.forMe));
  },
};
