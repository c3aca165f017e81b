import { REASON, REJECT_CALLBACK } from '../../blocks/modals.ts';
import { user } from '../../src/domain/actor.ts';
import { type Modal, privately } from '../types.ts';
import { sentence, words } from '../words.ts';
import { fieldKey } from './fields.ts';

export const rejectModalHandler: Modal = {
  callbackId: REJECT_CALLBACK,
  check: () => null,
  async submit({ metadata, values, userId, forMe }, { verbs }) {
    const { plan } = await verbs.reject(metadata, user(userId), values.get(fieldKey(REASON)) ?? '');
    return privately(sentence(words(forMe.locale).rejected(plan.id)));
  },
};
