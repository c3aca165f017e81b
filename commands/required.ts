import { OpsError } from '../src/domain/errors.ts';
import type { Ask } from './types.ts';
import { words } from './words.ts';

/** What was typed after the command's word, else what the thread is about; refused with an example when there is neither. */
export function required(ask: Ask, usage: string, example: string): string {
  const text = ask.text === '' ? ask.about : ask.text;
  if (text !== null && text !== '') return text.replace(/^#(\d+)$/, '$1');
  throw new OpsError('invalid_input', words(ask.forMe.locale).needs(usage), words(ask.forMe.locale).example(example));
}
