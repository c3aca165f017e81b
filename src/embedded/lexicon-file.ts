import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import { type Compound, type Concept, type Lexicon, type PhraseNode, TrieLexicon } from './lexicon.ts';
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
  term: 0, // counts as a plain word that both languages and its synonyms share
};
/** What a concept implies is meant a little less than what was said. */
const IMPLIED = 0.55;

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
  private readonly root: PhraseNode = { next: new Map(), concept: -1 };

  concept(cells: readonly string[], at: string): void {
    const [name = '', kind = '', implies = '', english = '', chinese = ''] = cells;
    const id = kind === 'term' ? `term:${name}` : name;
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
    if (kind === 'term')
      this.additions.push({ id, more: [...en, ...zh], at }); // what is more than a word goes first
    else for (const phrase of [...en, ...zh]) this.plant(phrase, this.concepts.length - 1);
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
    const isTerm = ({ id }: { id: string }): boolean => id.startsWith('term:');
    for (const { id, more, at } of [...this.additions.filter((one) => !isTerm(one)), ...this.additions.filter(isTerm)])
      for (const phrase of more) this.plant(phrase, this.find(id, at));
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
        const next = node.next.get(token) ?? { next: new Map(), concept: -1 };
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
