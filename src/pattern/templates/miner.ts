import { looksLikeState, looksLikeValue, type Parts, partsOf, textOf } from './parts.ts';
import { RecentMap } from './recent.ts';
import { mask, WILD } from './scan.ts';

const MAX_LINE = 2000; // characters read of a line
const MAX_WORDS = 120;
const MAX_GROUPS = 3000;
const MAX_PER_SHAPE = 200;
const LINE_BUDGET = 1_500_000; // characters of whole lines remembered, and again of masked ones
/** Plain words at one place count as values once this many different ones were seen there. */
const WORDS_TO_VARY = 5;

interface Group {
  readonly id: number;
  readonly shape: string;
  readonly words: string[];
  used: number;
}

/**
 * Mines log lines into templates, one by one, in bounded memory. After Drain (He et al., ICWS 2017), with masks before the
 * search, lines compared only with those of the same punctuation, and near-equal templates merged once enough different
 * words were seen in one place. Templates that were not seen for long are forgotten when there are too many.
 */
export class LogMiner {
  private readonly lines = new RecentMap(LINE_BUDGET); // lines often repeat as they are
  private readonly leaves = new RecentMap(LINE_BUDGET); // masked line → group
  private readonly groups = new Map<number, Group>();
  private readonly shapes = new Map<string, Group[]>();
  private readonly merged = new Map<number, number>();
  private nextId = 1;
  private clock = 0;

  /** The id of the line's template. Templates may merge later: `resolve` gives the id that stands for it now. */
  add(line: string): number {
    const seen = this.lines.get(line);
    const id = (seen === undefined ? null : this.touch(seen)) ?? this.addNew(line);
    if (id !== seen) this.lines.set(line, id);
    return id;
  }

  resolve(id: number): number {
    let at = id;
    for (let next = this.merged.get(at); next !== undefined; next = this.merged.get(at)) at = next;
    return at;
  }

  /** The template with `<*>` for values; null when it has been forgotten. */
  template(id: number): string | null {
    const group = this.groups.get(this.resolve(id));
    return group === undefined ? null : textOf(group.words, group.shape);
  }

  get size(): number {
    return this.groups.size;
  }

  private touch(id: number): number | null {
    const root = this.resolve(id);
    const group = this.groups.get(root);
    if (group === undefined) return null;
    group.used = ++this.clock;
    return root;
  }

  private addNew(line: string): number {
    const masked = mask(line.length > MAX_LINE ? cut(line) : line);
    const known = this.leaves.get(masked);
    const id = (known === undefined ? null : this.touch(known)) ?? this.place(partsOf(tidy(masked), MAX_WORDS)).id;
    if (id !== known) this.leaves.set(masked, id);
    return id;
  }

  private place(parts: Parts): Group {
    const peers = this.shapes.get(parts.shape) ?? [];
    const near: Group[][] = parts.words.map(() => []);
    for (const peer of peers) {
      const odd = compare(peer, parts);
      if (odd === 'same') return this.absorb(peer, parts.words);
      if (odd !== null) near[odd]?.push(peer);
    }
    const group = this.found(parts, peers);
    for (const others of near) {
      if (others.length + 1 >= WORDS_TO_VARY) return this.join(group, others);
    }
    return group;
  }

  private found(parts: Parts, peers: Group[]): Group {
    if (this.groups.size >= MAX_GROUPS) this.forget();
    const group: Group = { id: this.nextId++, shape: parts.shape, words: [...parts.words], used: ++this.clock };
    this.groups.set(group.id, group);
    const alive = peers.length < MAX_PER_SHAPE ? peers : peers.slice(MAX_PER_SHAPE / 2);
    for (const peer of peers.slice(0, peers.length - alive.length)) this.groups.delete(peer.id);
    alive.push(group);
    this.shapes.set(parts.shape, alive);
    return group;
  }

  private absorb(group: Group, words: readonly string[]): Group {
    for (let i = 0; i < words.length; i += 1) if (group.words[i] !== words[i]) group.words[i] = WILD;
    group.used = ++this.clock;
    return group;
  }

  private join(group: Group, others: readonly Group[]): Group {
    const into = others.reduce((a, b) => (a.id < b.id ? a : b));
    for (const other of [...others, group]) {
      if (other === into) continue;
      this.absorb(into, other.words);
      this.groups.delete(other.id);
      this.merged.set(other.id, into.id);
    }
    this.shapes.set(group.shape, this.alive(group.shape));
    return into;
  }

  private alive(shape: string): Group[] {
    return (this.shapes.get(shape) ?? []).filter((peer) => this.groups.has(peer.id));
  }

  /** Drops the half that was not seen for longest. */
  private forget(): void {
    const byUse = [...this.groups.values()].sort((a, b) => a.used - b.used);
    for (const group of byUse.slice(0, MAX_GROUPS / 2)) this.groups.delete(group.id);
    for (const shape of this.shapes.keys()) {
      const alive = this.alive(shape);
      if (alive.length === 0) this.shapes.delete(shape);
      else this.shapes.set(shape, alive);
    }
    for (const id of this.merged.keys()) if (!this.groups.has(this.resolve(id))) this.merged.delete(id);
  }
}

/** 'same': one template. A number: all alike but for the plain word there. null: different. */
function compare(group: Group, parts: Parts): 'same' | number | null {
  let alike = 0;
  let values = 0;
  let odd = -1;
  for (let i = 0; i < parts.words.length; i += 1) {
    const a = group.words[i] ?? '';
    const b = parts.words[i] ?? '';
    if (b === WILD) values += 1;
    if (a === b) {
      if (a !== WILD) alike += 1;
      continue;
    }
    if (a === WILD || b === WILD || parts.marked[i] || (looksLikeValue(a) && looksLikeValue(b))) continue;
    if (odd >= 0 || i === 0 || looksLikeState(a) || looksLikeState(b)) return null;
    odd = i;
  }
  if (alike === 0 && values < parts.words.length) return null;
  return odd < 0 ? 'same' : odd;
}

/** Ends with a whole word, as half of one would be a new word. */
function cut(line: string): string {
  const space = line.lastIndexOf(' ', MAX_LINE);
  return line.slice(0, space > 0 ? space : MAX_LINE);
}

/** Lists of values are one value, an empty pair of brackets holds none, spaces do not tell templates apart. */
const tidy = (masked: string): string =>
  masked
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/="[^"]*"/g, `="${WILD}"`)
    .replace(/<\*>(?:,<\*>)+/g, WILD)
    .replace(/<\*>(?:,? <\*>){2,}/g, WILD)
    .replaceAll(' ()', ` (${WILD})`);
