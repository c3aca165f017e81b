import { patternCard, patternsCard } from '../blocks/patterns.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import { parseSubject } from '../src/domain/names.ts';
import { unquote } from './parse.ts';
import { type Command, publicly } from './types.ts';
import { words } from './words.ts';

const VERBS = /^(?:search|find|show|搜索|查找)(?:[\s:,]+|$)/iu;

export const pattern: Command = {
  name: 'pattern',
  aliases: ['patterns', 'search', '搜索', '查找', '模式', '搜索模式'],
  usage: 'search <text> | PAT-001',
  async run(ask, { verbs }) {
    const text = unquote(ask.text.replace(VERBS, ''));
    if (text === '')
      throw new OpsError('invalid_input', words(ask.forMe.locale).needs(pattern.usage), words(ask.forMe.locale).example('pattern search CPU high'));
    const named = parseSubject(text);
    if (named?.kind === 'pattern') return publicly(patternCard(await verbs.pattern(named.id), ask.forAll), named.id);
    return publicly(patternsCard(await verbs.searchPatterns({ text }, user(ask.userId)), text, ask.forAll));
  },
};
