import { pausedCard } from '../blocks/switches.ts';
import { user } from '../src/domain/actor.ts';
import { type Command, publicly } from './types.ts';

export const pause: Command = {
  name: 'pause',
  aliases: ['暂停'],
  usage: '[all, an action or a service] [reason]',
  async run(ask, { verbs }) {
    const [scope = '', ...reason] = ask.text.split(' ');
    return publicly(pausedCard(await verbs.pause(scopeOf(scope), reason.join(' '), user(ask.userId)), ask.forAll));
  },
};

/** Nothing, or a word for everything, is `all`. */
export function scopeOf(word: string): string {
  return word === '' || /^(?:all|everything|全部|所有)$/iu.test(word) ? 'all' : word.replace(/:+$/, '');
}
