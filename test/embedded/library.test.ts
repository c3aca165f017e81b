import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { PATTERN_CATEGORIES } from '../../src/domain/pattern.ts';
import { loadLibrary } from '../../src/embedded/library.ts';
import { patternKey, runbookKey, slugOf } from '../../src/pattern/archive-keys.ts';
import { nearDuplicates } from '../../src/pattern/duplicates.ts';
import { lintPatterns } from '../../src/pattern/lint.ts';

const actions = new Map(CATALOGUE.map(({ name, risk }) => [name, risk]));
const library = await loadLibrary();
const keys = new Set(library.files.map(({ key }) => key));
const SopSchema = z.strictObject({
  title: z.string(),
  title_zh: z.string().regex(/\p{Script=Han}/u),
  when: z.string(),
  decides: z.string(),
  steps: z.array(z.strictObject({ do: z.string(), action: z.string().optional(), check: z.string().optional() })).min(3),
  done_when: z.string(),
  afterwards: z.array(z.string()).min(1),
});

describe('The starter library', () => {
  it('has at least 60 patterns over the five categories, and at least 5 SOPs', () => {
    expect(library.patterns.length).toBeGreaterThanOrEqual(60);
    for (const category of PATTERN_CATEGORIES) expect(library.patterns.filter((pattern) => pattern.category === category).length).toBeGreaterThanOrEqual(8);
    expect([...keys].filter((key) => key.startsWith('sops/')).length).toBeGreaterThanOrEqual(5);
    expect(library.patterns[0]).toMatchObject({ pattern_id: 'PAT-001', title: 'EC2 High CPU Usage' });
  });

  it('passes its own lint: known actions with their own risks, ids of their own, no mentions', () => {
    const files = library.files.filter(({ key }) => key.startsWith('patterns/')).map(({ key, content }) => ({ name: key, content }));
    const { problems, patterns } = lintPatterns(files, actions);
    expect(problems).toEqual([]);
    expect(patterns).toHaveLength(library.patterns.length);
  });

  it('lies under the keys of the archive, each pattern with its runbook', () => {
    for (const pattern of library.patterns) {
      expect(keys).toContain(patternKey(pattern));
      expect(keys).toContain(runbookKey(slugOf(pattern.title)));
    }
  });

  it('speaks Chinese in symptoms and description too', () => {
    for (const { symptoms, description } of library.patterns) {
      expect(symptoms.some((symptom) => /\p{Script=Han}/u.test(symptom))).toBe(true);
      expect(description.split('\n').at(-1)).toMatch(/^中文：\p{Script=Han}|^中文：/u);
    }
  });

  it('has SOPs that are complete and name only known actions', () => {
    for (const { key, content } of library.files.filter((file) => file.key.startsWith('sops/'))) {
      const sop = SopSchema.parse(parse(content));
      for (const step of sop.steps) if (step.action !== undefined) expect([key, actions.has(step.action)]).toEqual([key, true]);
    }
  });

  it('holds no pattern twice', () => {
    for (const pattern of library.patterns) expect([pattern.title, nearDuplicates(pattern, library.patterns)]).toEqual([pattern.title, []]);
  });
});
