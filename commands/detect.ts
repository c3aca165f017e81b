import { detectCard } from '../blocks/detect.ts';
import { user } from '../src/domain/actor.ts';
import { type Command, publicly } from './types.ts';

export const detect: Command = {
  name: 'detect',
  aliases: ['check', 'scan', '检测', '检查'],
  usage: '',
  async run(ask, { verbs }) {
    return publicly(detectCard(await verbs.detect(user(ask.userId)), ask.forAll));
  },
};
