import { tokenise } from './text.ts';

/** Names of single things (`web-prod-7`) say little about what is wrong with them. */
const NAMES = /\b(?!(?:i|vol|snap|sg|eni|ami|subnet|vpc|rtb|nat|az|port|exit|code|cve)-)[a-z]+(?:-[a-z]+)*-\d+\b/gi;
const IN_NAME = 0.4;
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
}

export interface Lexicon {
  readonly concepts: readonly Concept[];
  /** Longest phrases first; every concept found brings what it implies and the compounds that are complete. */
  read(text: string): Reading;
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

  read(text: string): Reading {
    const names = text.match(NAMES)?.join(' ') ?? '';
    const reading = this.readPlain(names === '' ? text : text.replace(NAMES, ' '));
    if (names === '') return reading;
    const concepts = new Map(reading.concepts);
    for (const [index, strength] of this.readPlain(names).concepts) {
      if (this.concepts[index]?.kind !== 'compound') concepts.set(index, Math.max(concepts.get(index) ?? 0, strength * IN_NAME));
    }
    return { concepts, rest: reading.rest };
  }

  private readPlain(text: string): Reading {
    const tokens = tokenise(text);
    const said = new Set<number>();
    const rest: string[] = [];
    for (let at = 0; at < tokens.length; ) {
      const found = this.longest(tokens, at);
      if (found.concept >= 0) {
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
    return { concepts: this.complete(said), rest };
  }

  private longest(tokens: readonly string[], from: number): { concept: number; length: number } {
    let node: PhraseNode | undefined = this.root;
    let best = { concept: -1, length: 0 };
    for (let at = from; at < tokens.length; at += 1) {
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
