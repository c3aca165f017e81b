import { WILD } from './scan.ts';

const PARTS = /<\*>|[\p{L}\p{N}._\-/$@+%#~&\\*]+|\s+|./gsu;
const VALUE = /[\d/@$\\]|<\*>|[._-].*[._-]|^(true|false|null|none|nil)$/;
const VALUE_AFTER_EQUALS = /[.\d/@$-]/;
const WORD = /[\p{L}\p{N}*]/u;

/** What names the word after it as a value: `session opened for user root`. */
const NAMES_NEXT = new Set(['user', 'username', 'account', 'hostname']);

/** A masked line as words and what stands between them. */
export interface Parts {
  readonly words: readonly string[];
  /** What stands between the words, each word a `w`: lines of one template have the same. */
  readonly shape: string;
  /** Whether the place of each word marks it as a value, whatever the word: after `=`, alone in quotes, after "user". */
  readonly marked: readonly boolean[];
}

/** At most `limit` words are told apart; what follows is left out. */
export function partsOf(masked: string, limit: number): Parts {
  const pieces = masked.match(PARTS) ?? [];
  const words: string[] = [];
  const marked: boolean[] = [];
  let shape = '';
  let before = '';
  for (let i = 0; i < pieces.length && words.length < limit; i += 1) {
    const piece = pieces[i] ?? '';
    if (!WORD.test(piece)) {
      shape += piece.trim() === '' ? ' ' : piece;
      before = piece.trim() === '' ? before : piece;
      continue;
    }
    let word = piece; // a wild card grown together with text is one word
    while (WORD.test(pieces[i + 1] ?? '')) word += pieces[++i] ?? '';
    const quoted = (before === '"' || before === "'") && pieces[i + 1] === before;
    const isMarked = before === '=' || quoted || (before === '' && NAMES_NEXT.has((words.at(-1) ?? '').toLowerCase()));
    words.push(before === '=' && VALUE_AFTER_EQUALS.test(word) ? WILD : word);
    marked.push(isMarked);
    shape += 'w';
    before = '';
  }
  return { words, shape, marked };
}

export function textOf(words: readonly string[], shape: string): string {
  let next = 0;
  return shape.replaceAll('w', () => words[next++] ?? WILD);
}

/** A word that looks like a value rather than like language. */
export const looksLikeValue = (word: string): boolean => VALUE.test(word);
/** A word that says which of several things happened: `NEW`, `RUNNING`. */
export const looksLikeState = (word: string): boolean => /^[A-Z][A-Z_]+$/.test(word);
