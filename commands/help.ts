import { helpCard } from '../blocks/help.ts';
import { parse } from './parse.ts';
import { type Command, privately } from './types.ts';

/** Help on everything, or on one command under any of its names. */
export function helpOn(others: readonly Command[]): Command {
  return {
    name: 'help',
    aliases: ['commands', 'usage', '帮助', '怎么用'],
    usage: '[command]',
    async run(ask) {
      const topic = parse(ask.text, others);
      const name = topic.type === 'command' ? topic.name : topic.type === 'unknown' ? (topic.suggestion ?? topic.word) : null;
      return privately(helpCard(name, ask.forMe));
    },
  };
}
