import { PARAMS_CALLBACK, paramPlace } from '../../blocks/modals.ts';
import { planCard } from '../../blocks/plan.ts';
import { user } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Params } from '../../src/domain/plan.ts';
import { type FormValues, type Modal, privately } from '../types.ts';
import { words } from '../words.ts';
import { fieldKey } from './fields.ts';

/** Other parameters for a plan: a new plan asks for leave; the old one, and what people approved, ends. */
export const paramsModalHandler: Modal = {
  callbackId: PARAMS_CALLBACK,
  check: () => null,
  async submit({ metadata, values, userId, forMe }, { verbs }) {
    const { plan } = await verbs.plan(metadata);
    const params = changed(plan.params, values);
    if (params === null) throw new OpsError('invalid_input', words(forMe.locale).notANumber, words(forMe.locale).tryHelp);
    return privately(planCard(await verbs.revise(plan.id, params, user(userId)), forMe));
  },
};

/** Only parameters the plan has, each of the kind it was; null when one is not. What else comes with the form is not read. */
export function changed(params: Params, values: FormValues): Params | null {
  const entries = Object.entries(params).map(([name, before]): [string, Params[string] | null] => {
    const typed = values
      .get(fieldKey(paramPlace(name.slice(0, 100))))
      ?.normalize('NFKC')
      .trim();
    if (typed === undefined || typed === '') return [name, before];
    if (typeof before === 'number') return [name, Number.isFinite(Number(typed)) ? Number(typed) : null];
    if (typeof before === 'boolean') return [name, /^(?:true|false)$/i.test(typed) ? typed.toLowerCase() === 'true' : null];
    return [name, typed];
  });
  return entries.some(([, value]) => value === null) ? null : (Object.fromEntries(entries) as Params);
}
