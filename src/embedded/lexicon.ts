import { isHan, segment, tokenise } from './text.ts';

/** Names of single things (`web-prod-7`) say little about what is wrong with them. */
const NAMES = /\b(?!(?:i|vol|snap|sg|eni|ami|subnet|vpc|rtb|nat|az|port|exit|code|cve)-)[a-z]+(?:-[a-z]+)*-\d+\b/gi;
const IN_NAME = 0.4;
/** "dead letter queue" also speaks of a queue, less loudly. */
const IN_PHRASE = 0.5;
/** "no errors in the log", "5xx 为 0": what is said not to be there. */
const DENIABLE = new Set(['error', 'failed', 'error_5xx', 'error_4xx', 'unhandled', 'slow', 'crash', 'restart', 'timeout', 'outage']);
const NONE_BEFORE = new Set(['no', 'without', 'zero', 'never', '无', '没']);

export interface Concept {
  readonly id: string;
  readonly index: number;
  readonly kind: string;
  readonly weight: number;
  readonly en: string;
  readonly zh: string;
  readonly implies: ReadonlyMap<number, number>; // closure, with strength
}

export interface Compound {
  readonly concept: number;
  readonly needs: readonly (readonly number[])[];
}

/** A step of a phrase, token by token. */
export interface PhraseNode {
  readonly next: Map<string, PhraseNode>;
  concept: number; // -1: no phrase ends here
}

/** What a text says: concepts with strength 0..1, and the tokens no phrase covers. */
export interface Reading {
  readonly concepts: ReadonlyMap<number, number>;
  readonly rest: readonly string[];
  readonly inside: readonly string[]; // tokens within phrases that no shorter phrase covers
}

export interface Lexicon {
  readonly concepts: readonly Concept[];
  /** Longest phrases first; every concept found brings what it implies and the compounds that are complete. */
  read(text: string): Reading;
  /** The concept of kind "term" that counts as this word. */
  term(word: string): Concept | undefined;
}

export class TrieLexicon implements Lexicon {
  readonly concepts: readonly Concept[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly root: PhraseNode;
  private readonly compounds: readonly Compound[];

  constructor(concepts: readonly Concept[], index: ReadonlyMap<string, number>, root: PhraseNode, compounds: readonly Compound[]) {
    this.concepts = concepts;
    this.index = index;
    this.root = root;
    this.compounds = compounds;
  }

  term(word: string): Concept | undefined {
    return this.concepts[this.index.get(word) ?? -1];
  }

  read(text: string): Reading {
    const names = text.match(NAMES)?.join(' ') ?? '';
    const reading = this.readPlain(names === '' ? text : text.replace(NAMES, ' '));
    if (names === '') return reading;
    const concepts = new Map(reading.concepts);
    for (const [index, strength] of this.readPlain(names).concepts) {
      if (this.concepts[index]?.kind !== 'compound') concepts.set(index, Math.max(concepts.get(index) ?? 0, strength * IN_NAME));
    }
    return { ...reading, concepts };
  }

  private readPlain(text: string): Reading {
    const tokens = tokenise(text);
    const said = new Set<number>();
    const rest: string[] = [];
    const parts = { concepts: new Set<number>(), words: [] as string[] };
    for (let at = 0; at < tokens.length; ) {
      const found = this.longest(tokens, at, tokens.length);
      if (found.concept >= 0 && !(found.length === 1 && partOfWord(tokens, at))) {
        this.readInside(tokens, at, at + found.length, parts);
        if (!(DENIABLE.has(this.concepts[found.concept]?.id ?? '') && denied(tokens, at, at + found.length))) said.add(found.concept);
        at += found.length;
      } else {
        const level = percentLevel(tokens, at);
        const concept = level === null ? undefined : this.index.get(level);
        if (concept !== undefined) said.add(concept);
        rest.push(tokens[at] ?? '');
        at += 1;
      }
    }
    const concepts = this.complete(said);
    for (const index of parts.concepts) concepts.set(index, Math.max(concepts.get(index) ?? 0, IN_PHRASE));
    return { concepts, rest, inside: parts.words };
  }

  /** The shorter phrases within a longer one. */
  private readInside(tokens: readonly string[], from: number, to: number, into: { concepts: Set<number>; words: string[] }): void {
    if (to - from < 2) {
      into.words.push(tokens[from] ?? '', '');
      return;
    }
    for (let at = from; at < to; ) {
      const found = this.longest(tokens, at, at === from ? to - 1 : to);
      if (found.concept >= 0) into.concepts.add(found.concept);
      else into.words.push(tokens[at] ?? '');
      at += Math.max(1, found.length);
    }
    into.words.push('');
  }

  private longest(tokens: readonly string[], from: number, to: number): { concept: number; length: number } {
    let node: PhraseNode | undefined = this.root;
    let best = { concept: -1, length: 0 };
    for (let at = from; at < to; at += 1) {
      node = node.next.get(tokens[at] ?? '');
      if (node === undefined) break;
      if (node.concept >= 0) best = { concept: node.concept, length: at - from + 1 };
    }
    return best;
  }

  private complete(said: ReadonlySet<number>): Map<number, number> {
    const all = new Map<number, number>();
    const add = (index: number, strength: number): void => {
      if ((all.get(index) ?? 0) < strength) all.set(index, strength);
    };
    const addWithImplied = (index: number, strength: number): void => {
      add(index, strength);
      for (const [implied, share] of this.concepts[index]?.implies ?? []) add(implied, strength * share);
    };
    for (const index of said) addWithImplied(index, 1);
    for (const { concept, needs } of this.compounds) {
      if (needs.every((group) => group.some((index) => all.has(index)))) addWithImplied(concept, 1);
    }
    return all;
  }
}

/** A Chinese character may be a word ("库") or a part of another one ("车库", a garage). */
function partOfWord(tokens: readonly string[], at: number): boolean {
  if (!isHan(tokens[at] ?? '')) return false;
  let from = at;
  let to = at + 1;
  while (isHan(tokens[from - 1] ?? '')) from -= 1;
  while (isHan(tokens[to] ?? '')) to += 1;
  if (to - from < 2) return false;
  for (const word of segment(tokens.slice(from, to).join(''))) {
    const length = [...word].length;
    if (from === at) return length > 1;
    from += length;
    if (from > at) return true;
  }
  return false;
}

/** `97 %` means high and `3 %` low, whatever the words around it. */
function percentLevel(tokens: readonly string[], at: number): 'high' | 'low' | null {
  if (tokens[at + 1] !== '%' || !/^\d{1,3}$/.test(tokens[at] ?? '')) return null;
  const value = Number(tokens[at]);
  if (value >= 80 && value <= 100) return 'high';
  return value <= 12 ? 'low' : null;
}

function denied(tokens: readonly string[], from: number, to: number): boolean {
  if (NONE_BEFORE.has(tokens[from - 1] ?? '')) return true;
  const after = tokens[to] === '为' || tokens[to] === '是' ? to + 1 : to;
  return tokens[after] === '0' && tokens[after + 1] !== '%';
}
