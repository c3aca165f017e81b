import { OpsError } from './errors.ts';

/** Names people type: `INC-12`, `PLAN-34`, `PAT-001`. Case, dash, `#` and full-width forms are forgiven. */
export type SubjectKind = 'incident' | 'plan' | 'pattern';
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

const PREFIXES: Record<string, SubjectKind> = { INC: 'incident', INCIDENT: 'incident', PLAN: 'plan', PAT: 'pattern', PATTERN: 'pattern' };

export const incidentName = (n: number): string => `INC-${n}`;
export const planName = (n: number): string => `PLAN-${n}`;

/** Reads a typed name, or returns null when the text is not one. Pattern ids keep their own digits (`PAT-001`, `PAT-D001`). */
export function parseSubject(text: string): Subject | null {
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/^[`"'<]+|[`"'>.,;]+$/g, '')
    .toUpperCase();
  const match = /^([A-Z]+)[\s\-_#:]*([A-Z]?\d{1,9})$/.exec(plain);
  const kind = match?.[1] === undefined ? undefined : PREFIXES[match[1]];
  if (match?.[2] === undefined || kind === undefined) return null;
  if (kind === 'pattern') return { kind, id: `PAT-${/^\d+$/.test(match[2]) ? match[2].padStart(3, '0') : match[2]}` };
  if (!/^\d+$/.test(match[2])) return null;
  const number = Number(match[2]);
  return { kind, id: kind === 'incident' ? incidentName(number) : planName(number) };
}

/** As parseSubject, but a bare number counts as `expected`, and anything else is refused with an example. */
export function requireSubject(text: string, expected: SubjectKind): Subject {
  const bare = /^#?(\d{1,9})$/.exec(text.normalize('NFKC').trim());
  const prefix = expected === 'incident' ? 'INC' : expected === 'plan' ? 'PLAN' : 'PAT';
  const found = parseSubject(bare === null ? text : `${prefix}-${bare[1]}`);
  if (found !== null && found.kind === expected) return found;
  const example = { incident: 'INC-12', plan: 'PLAN-34', pattern: 'PAT-001' }[expected];
  const shown = text.trim().slice(0, 60);
  throw new OpsError('invalid_input', `"${shown}" is not the name of ${expected === 'incident' ? 'an' : 'a'} ${expected}.`, `Write it like ${example}.`);
}
