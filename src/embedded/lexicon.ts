import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import { tokenise } from './text.ts';

/** How much a concept says about which problem is meant. A condition names a problem nearly alone; a state ("high") hardly. */
const KIND_WEIGHTS: Readonly<Record<string, number>> = {
  condition: 3,
  compound: 2,
  resource: 2,
  metric: 2,
  component: 1.4,
  symptom: 1.4,
  cause: 1.4,
  state: 0.7,
  action: 0.5,
  word: 0.4,
  offtopic: 2,
};
/** What a concept implies is meant a little less than what was said. */
const IMPLIED = 0.55;
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

interface Compound {
  readonly concept: number;
  readonly needs: readonly (readonly number[])[];
}

interface Node {
  readonly next: Map<string, Node>;
  concept: number; // -1: no phrase ends here
}

/** What a text says: concepts with strength 0..1, and the tokens no phrase covers. */
export interface Reading {
  readonly concepts: ReadonlyMap<number, number>;
  readonly rest: readonly string[];
}

export interface Lexicon {
  readonly concepts: readonly Concept[];
  byId(id: string): Concept | null;
  /** Longest phrases first; every concept found brings what it implies and the compounds that are complete. */
  read(text: string): Reading;
}

/** Reads every *.tsv of a folder: `concept kind implies English Chinese`, and compounds.tsv: `concept needs English Chinese`. */
export function loadLexicon(folder: string): Lexicon {
  const draft = new Draft();
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.tsv'))
    .sort();
  for (const name of files.filter((file) => file !== 'compounds.tsv')) {
    for (const { cells, at } of rows(join(folder, name), 5)) draft.concept(cells, at);
  }
  if (files.includes('compounds.tsv')) for (const { cells, at } of rows(join(folder, 'compounds.tsv'), 4)) draft.compound(cells, at);
  return draft.finish();
}

function rows(path: string, width: number): { cells: string[]; at: string }[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line, i) => ({ cells: line.split('\t').map((cell) => cell.trim()), at: `${path}:${i + 1}` }))
    .filter(({ cells }) => cells[0] !== '' && !cells[0]?.startsWith('#'))
    .map((row) => {
      if (row.cells.length === width) return row;
      throw new OpsError('invalid_input', `${row.at}: ${row.cells.length} columns instead of ${width}.`, 'Columns are separated by one tab.');
    });
}

class Draft {
  private readonly concepts: { id: string; kind: string; en: string; zh: string; implies: string[]; at: string }[] = [];
  private readonly index = new Map<string, number>();
  private readonly additions: { id: string; more: string[]; at: string }[] = [];
  private readonly compounds: { id: string; needs: string; at: string }[] = [];
  private readonly root: Node = { next: new Map(), concept: -1 };

  concept(cells: readonly string[], at: string): void {
    const [id = '', kind = '', implies = '', english = '', chinese = ''] = cells;
    if (kind === '+') {
      const more = [...phrases(english), ...phrases(chinese)];
      this.additions.push({ id, more, at });
      return;
    }
    if (KIND_WEIGHTS[kind] === undefined)
      throw new OpsError('invalid_input', `${at}: unknown kind "${kind}".`, `Use one of ${Object.keys(KIND_WEIGHTS).join(', ')}.`);
    if (this.index.has(id)) throw new OpsError('invalid_input', `${at}: the concept "${id}" is there twice.`, 'Add the phrases to the first one.');
    const en = phrases(english);
    const zh = phrases(chinese);
    this.index.set(id, this.concepts.length);
    this.concepts.push({ id, kind, en: en[0] ?? id, zh: zh[0] ?? en[0] ?? id, implies: implies.split(' ').filter(Boolean), at });
    for (const phrase of [...en, ...zh]) this.plant(phrase, this.concepts.length - 1);
  }

  compound(cells: readonly string[], at: string): void {
    const [id = '', needs = '', en = '', zh = ''] = cells;
    if (!this.index.has(id)) {
      this.index.set(id, this.concepts.length);
      this.concepts.push({ id, kind: 'compound', en, zh, implies: [], at });
    }
    this.compounds.push({ id, needs, at });
  }

  finish(): Lexicon {
    for (const { id, more, at } of this.additions) for (const phrase of more) this.plant(phrase, this.find(id, at));
    const concepts = this.concepts.map((one, index): Concept => {
      const closure = new Map<number, number>();
      this.close(index, 1, closure);
      closure.delete(index);
      return { id: one.id, index, kind: one.kind, weight: KIND_WEIGHTS[one.kind] ?? 0, en: one.en, zh: one.zh, implies: closure };
    });
    const compounds = this.compounds.map(
      ({ id, needs, at }): Compound => ({
        concept: this.find(id, at),
        needs: needs
          .split(' ')
          .filter(Boolean)
          .map((group) => group.split('/').map((name) => this.find(name, at))),
      }),
    );
    return new TrieLexicon(concepts, this.index, this.root, compounds);
  }

  private plant(phrase: string, concept: number): void {
    // Written together or apart, with and without camel case: `DynamoDB`, `dynamodb`.
    for (const form of new Set([phrase, /^\S+$/.test(phrase) ? phrase.toLowerCase() : phrase])) {
      let node = this.root;
      for (const token of tokenise(form)) {
        const next = node.next.get(token) ?? { next: new Map<string, Node>(), concept: -1 };
        node.next.set(token, next);
        node = next;
      }
      if (node !== this.root && node.concept === -1) node.concept = concept;
    }
  }

  private close(index: number, strength: number, into: Map<number, number>): void {
    if ((into.get(index) ?? 0) >= strength) return;
    into.set(index, strength);
    const one = this.concepts[index];
    for (const id of one?.implies ?? []) this.close(this.find(id, one?.at ?? ''), strength * IMPLIED, into);
  }

  private find(id: string, at: string): number {
    const found = this.index.get(id);
    if (found === undefined) throw new OpsError('invalid_input', `${at}: there is no concept "${id}".`, 'Name a concept from the first column.');
    return found;
  }
}

const phrases = (cell: string): string[] =>
  cell
    .split(',')
    .map((phrase) => phrase.trim())
    .filter(Boolean);

class TrieLexicon implements Lexicon {
  readonly concepts: readonly Concept[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly root: Node;
  private readonly compounds: readonly Compound[];

  constructor(concepts: readonly Concept[], index: ReadonlyMap<string, number>, root: Node, compounds: readonly Compound[]) {
    this.concepts = concepts;
    this.index = index;
    this.root = root;
    this.compounds = compounds;
  }

  byId(id: string): Concept | null {
    return this.concepts[this.index.get(id) ?? -1] ?? null;
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
    let node: Node | undefined = this.root;
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
