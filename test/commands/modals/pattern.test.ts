import { expect, it } from 'vitest';
import { CAUSES, DESCRIPTION, MERGE, OWN, patternModal, SYMPTOMS, TITLE } from '../../../blocks/modals.ts';
import { fieldKey } from '../../../commands/modals/fields.ts';
import { patternModalHandler } from '../../../commands/modals/pattern.ts';
import type { Submission, Tools } from '../../../commands/types.ts';
import type { Pattern } from '../../../src/domain/pattern.ts';
import { options, pattern } from '../../blocks/samples.ts';

/** What the verb was called with when the window was sent with these fields. */
async function sent(values: readonly (readonly [string, string])[]): Promise<{ record: Pattern; mergeInto: string | null }> {
  const calls: { record: Pattern; mergeInto: string | null }[] = [];
  const verbs = {
    draftPattern: async () => pattern,
    learn: async (record: Pattern, _actor: unknown, mergeInto: string | null) => {
      calls.push({ record, mergeInto });
      return record;
    },
  };
  const own = [
    [fieldKey(TITLE), 'Mended title'],
    [fieldKey(DESCRIPTION), 'Mended words.'],
    [fieldKey(SYMPTOMS), 'one\ntwo'],
    [fieldKey(CAUSES), 'why'],
  ] as const;
  const submission = { userId: 'U0ANA', metadata: 'INC-12', values: new Map([...own, ...values]), forMe: options() } as unknown as Submission;
  await patternModalHandler.submit(submission, { verbs } as unknown as Tools);
  const [call] = calls;
  if (call === undefined) throw new Error('nothing was saved');
  return call;
}

it('offers near-duplicates for merging, with how alike they are, and none when there are none', () => {
  const twin = { patternId: 'PAT-007', title: 'The same trouble', likeness: 0.91 };
  expect(JSON.stringify(patternModal(pattern, [twin], 'INC-12', options()))).toContain('PAT-007');
  expect(JSON.stringify(patternModal(pattern, [], 'INC-12', options()))).not.toContain(MERGE.block_id);
});

it('merges into the one that was chosen, keeps it apart otherwise, and takes words from the window but never actions', async () => {
  expect((await sent([[fieldKey(MERGE), 'PAT-007']])).mergeInto).toBe('PAT-007');
  expect((await sent([[fieldKey(MERGE), OWN]])).mergeInto).toBeNull();
  const { record, mergeInto } = await sent([['ops_solutions/ops_solutions_value', 'terminate_instance']]);
  expect(mergeInto).toBeNull();
  expect(record).toMatchObject({ title: 'Mended title', symptoms: ['one', 'two'], solutions: pattern.solutions });
});
