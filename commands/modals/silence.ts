import { silencedCard } from '../../blocks/confirmations.ts';
import { DURATION, REASON, RESOURCE, SILENCE_CALLBACK } from '../../blocks/modals.ts';
import { user } from '../../src/domain/actor.ts';
import { silenceMs } from '../arguments.ts';
import { type Modal, privately } from '../types.ts';
import { words } from '../words.ts';
import { fieldKey } from './fields.ts';

export const silenceModalHandler: Modal = {
  callbackId: SILENCE_CALLBACK,
  check({ values, forMe }) {
    return (values.get(fieldKey(RESOURCE)) ?? '').trim() === '' ? { [RESOURCE.block_id]: words(forMe.locale).silenceNeeds } : null;
  },
  async submit({ values, userId, forMe }, { verbs }) {
    const ms = silenceMs(Number(values.get(fieldKey(DURATION)) ?? 0), forMe.locale);
    const resource = (values.get(fieldKey(RESOURCE)) ?? '').trim();
    return privately(silencedCard(await verbs.silence(resource, ms, values.get(fieldKey(REASON)) ?? '', user(userId)), forMe));
  },
};
