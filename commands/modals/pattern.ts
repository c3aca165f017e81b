import { CATEGORY, CAUSES, DESCRIPTION, MERGE, OWN, PATTERN_CALLBACK, SYMPTOMS, TITLE } from '../../blocks/modals.ts';
import { patternCard } from '../../blocks/patterns.ts';
import { user } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { type Pattern, PatternSchema } from '../../src/domain/pattern.ts';
import { type Modal, privately, type Submission } from '../types.ts';
import { words } from '../words.ts';
import { fieldKey, linesOf } from './fields.ts';

/** Fields of the window whose limits are checked at once, with the words under the field. */
const CHECKED = [
  { place: TITLE, check: (text: string) => PatternSchema.shape.title.safeParse(text) },
  { place: DESCRIPTION, check: (text: string) => PatternSchema.shape.description.safeParse(text) },
  { place: SYMPTOMS, check: (text: string) => PatternSchema.shape.symptoms.safeParse(linesOf(text)) },
  { place: CAUSES, check: (text: string) => PatternSchema.shape.root_causes.safeParse(linesOf(text)) },
] as const;

/** The draft comes from the incident again, so that the window cannot bring in an action; people change the words only. */
export const patternModalHandler: Modal = {
  callbackId: PATTERN_CALLBACK,
  check({ values }) {
    const problems = CHECKED.flatMap(({ place, check }) => {
      const result = check(values.get(fieldKey(place)) ?? '');
      return result.success ? [] : [[place.block_id, result.error.issues[0]?.message ?? '?'] as const];
    });
    return problems.length === 0 ? null : Object.fromEntries(problems);
  },
  async submit(submission, { verbs }) {
    const draft = await verbs.draftPattern(submission.metadata);
    const chosen = submission.values.get(fieldKey(MERGE)) ?? OWN;
    const saved = await verbs.learn(edited(draft, submission), user(submission.userId), chosen === OWN ? null : chosen);
    return privately(patternCard(saved, submission.forMe));
  },
};

function edited(draft: Pattern, { values, forMe }: Submission): Pattern {
  const parsed = PatternSchema.safeParse({
    ...draft,
    title: values.get(fieldKey(TITLE)) ?? draft.title,
    category: values.get(fieldKey(CATEGORY)) ?? draft.category,
    description: values.get(fieldKey(DESCRIPTION)) ?? draft.description,
    symptoms: linesOf(values.get(fieldKey(SYMPTOMS))),
    root_causes: linesOf(values.get(fieldKey(CAUSES))),
  });
  if (parsed.success) return parsed.data;
  throw new OpsError('invalid_input', words(forMe.locale).badWindow, words(forMe.locale).tryHelp);
}
