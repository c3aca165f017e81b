import { silencedCard } from '../blocks/confirmations.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import { findDuration, silenceMs } from './arguments.ts';
import { unquote } from './parse.ts';
import { type Command, publicly } from './types.ts';
import { words } from './words.ts';

export const silence: Command = {
  name: 'silence',
  aliases: ['mute', 'snooze', '静默', '静音', '屏蔽'],
  usage: '<resource> <duration> [reason]',
  async run(ask, { verbs }) {
    const say = words(ask.forMe.locale);
    const span = findDuration(ask.text);
    if (span === null || span.before === '') throw new OpsError('invalid_input', say.silenceNeeds, say.silenceExample);
    const resource = span.before.replace(/\s+for$/i, '');
    const done = await verbs.silence(
      resource,
      silenceMs(span.ms, ask.forMe.locale),
      unquote(span.after.replace(/^(?:because|reason:?|for)\s+/i, '')),
      user(ask.userId),
    );
    return publicly(silencedCard(done, ask.forAll));
  },
};
