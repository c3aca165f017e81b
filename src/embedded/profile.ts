import type { Pattern } from '../domain/pattern.ts';
import type { Lexicon } from './lexicon.ts';
import { isHan, segment } from './text.ts';

const STOP = new Set(
  `a an the and or but of to in on at by for from with without into onto over under is are was were be been being it its this that these those i we you he she they my our
your his her their me us them who whom which what when where why how do doe did done doing have ha had having will would can could should may might must not no nor so than then
too very just only also again still now here there all any each some such own same other more most few as if while after before until since about between through during up down
out off again once get got go goe going come came make made take took want need let see seen look every everyth someth anyth noth someon anyon nobody everyon one two three us
per via vs etc e g ie eg hi please thing way lot day week month year hour minut second min sec ms last night today yesterday morn noon afternoon time`
    .split(/\s+/)
    .filter(Boolean),
);
/** Words no phrase of the lexicon covers count by themselves, less than a concept. */
const FIELDS = { title: 1, symptoms: 0.9, description: 0.8, causes: 0.6 } as const;

const INSIDE = 0.5;
const IDENTIFIER = 1.5;
const NAMES = /[A-Za-z][A-Za-z0-9_]{5,79}/g;

/** What a text means: strength per concept index, and the words beside them. */
export interface Profile {
  readonly concepts: ReadonlyMap<number, number>;
  readonly words: ReadonlyMap<string, number>;
}
export interface PatternProfile extends Profile {
  readonly title: ReadonlyMap<number, number>;
}

export function profileText(lexicon: Lexicon, text: string): Profile {
  const { concepts: found, rest, inside } = lexicon.read(text);
  const concepts = new Map<number, number>();
  const words = new Map<string, number>();
  for (const [index, strength] of found) {
    const concept = lexicon.concepts[index];
    if (concept?.kind === 'term') words.set(concept.id, strength);
    else concepts.set(index, strength);
  }
  for (const word of plainWords(inside)) words.set(word, Math.max(words.get(word) ?? 0, INSIDE));
  for (const word of plainWords(rest)) words.set(word, 1);
  for (const name of identifiers(text)) words.set(name, IDENTIFIER);
  return { concepts, words };
}

/** Names of metrics, errors and settings as programs write them (`ReplicaLag`, `bw_out_allowance_exceeded`), however they are written. */
function identifiers(text: string): string[] {
  return (text.match(NAMES) ?? [])
    .filter((name) => /[a-z][A-Z]|[A-Za-z0-9]_[A-Za-z0-9]/.test(name))
    .map((name) => `#${name.replaceAll('_', '').toLowerCase()}`);
}

/** The fields weigh differently, and compounds are completed within a field, not across. */
export function profilePattern(lexicon: Lexicon, pattern: Pattern): PatternProfile {
  const concepts = new Map<number, number>();
  const words = new Map<string, number>();
  const add = (text: string, weight: number): Profile => {
    const one = profileText(lexicon, text);
    raise(concepts, one.concepts, weight);
    raise(words, one.words, weight);
    return one;
  };
  const title = add(pattern.title, FIELDS.title);
  for (const line of pattern.description.split('\n')) add(line, FIELDS.description);
  for (const symptom of pattern.symptoms) add(symptom, FIELDS.symptoms);
  for (const cause of pattern.root_causes) add(cause, FIELDS.causes);
  return { concepts, words, title: title.concepts };
}

function raise<K>(into: Map<K, number>, from: ReadonlyMap<K, number>, weight: number): void {
  for (const [key, strength] of from) into.set(key, Math.max(into.get(key) ?? 0, strength * weight));
}

/** Latin words that say something, and Chinese words of two characters or more; a run of characters is segmented first. */
export function plainWords(tokens: readonly string[]): string[] {
  const words: string[] = [];
  let run = '';
  const flush = (): void => {
    if (run.length > 1) words.push(...segment(run).filter((word) => word.length > 1));
    run = '';
  };
  for (const token of tokens) {
    if (isHan(token)) {
      run += token;
      continue;
    }
    flush();
    if (token.length > 1 && !/^\d+$/.test(token) && !STOP.has(token)) words.push(token);
  }
  flush();
  return words;
}
