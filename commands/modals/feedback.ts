import { z } from 'zod';
import { feedbackCard } from '../../blocks/feedback.ts';
import { COMMENT, FEEDBACK_CALLBACK, MEANING } from '../../blocks/modals.ts';
import { user } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { FeedbackMeaningSchema, VerdictSchema } from '../../src/domain/feedback.ts';
import { type Modal, privately } from '../types.ts';
import { words } from '../words.ts';
import { fieldKey } from './fields.ts';

const MetadataSchema = z.object({ subject: z.string().min(1), verdict: VerdictSchema });

export const feedbackModalHandler: Modal = {
  callbackId: FEEDBACK_CALLBACK,
  check: () => null,
  async submit({ metadata, values, userId, forMe }, { verbs }) {
    const about = MetadataSchema.safeParse(asJson(metadata));
    if (!about.success) throw new OpsError('invalid_input', words(forMe.locale).badWindow, words(forMe.locale).tryHelp);
    const meaning = FeedbackMeaningSchema.safeParse(values.get(fieldKey(MEANING)));
    const comment = values.get(fieldKey(COMMENT)) ?? null;
    const report = await verbs.giveFeedback({ ...about.data, meaning: meaning.success ? meaning.data : null, comment }, user(userId));
    return privately(feedbackCard(report, forMe));
  },
};

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
