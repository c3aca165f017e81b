import type { InputBlock, KnownBlock, ModalView, PlainTextElement } from '@slack/types';
import type { FeedbackMeaning, Verdict } from '../src/domain/feedback.ts';
import { PATTERN_CATEGORIES, type Pattern } from '../src/domain/pattern.ts';
import type { Plan } from '../src/domain/plan.ts';
import type { Duplicate } from '../src/domain/requests.ts';
import { type CardOptions, cut, plain, safe } from './card.ts';
import { say } from './locales/say.ts';
import { plainText, section } from './parts.ts';
import { actionOnTarget, paramName } from './plan-words.ts';

/** Reject with a reason. `private_metadata` is the plan's name; the reason is at REASON. */
export const REJECT_CALLBACK = 'ops_reject';
/** Silence a resource. Values at RESOURCE (typed), DURATION (milliseconds as text) and REASON. */
export const SILENCE_CALLBACK = 'ops_silence';
/** Save an incident as a pattern. `private_metadata` is the incident's name; values at TITLE, CATEGORY, DESCRIPTION, SYMPTOMS and CAUSES (one a line). */
export const PATTERN_CALLBACK = 'ops_pattern';
/** Feedback with a comment. `private_metadata` is JSON `{"subject","verdict"}`; values at MEANING and COMMENT. */
export const FEEDBACK_CALLBACK = 'ops_feedback';

/** Other parameters for a plan. `private_metadata` is the plan's name; each value is at `paramPlace(name)`. */
export const PARAMS_CALLBACK = 'ops_params';

/** Where a value is in `view.state.values[block_id][action_id]`. */
interface Place {
  readonly block_id: string;
  readonly action_id: string;
}
const place = (name: string): Place => ({ block_id: `ops_${name}`, action_id: `ops_${name}_value` });
export const REASON = place('reason'); // .value
export const RESOURCE = place('resource'); // .value
export const DURATION = place('duration'); // .selected_option.value
export const TITLE = place('title'); // .value
export const CATEGORY = place('category'); // .selected_option.value
export const DESCRIPTION = place('description'); // .value
export const SYMPTOMS = place('symptoms'); // .value, one a line
export const CAUSES = place('causes'); // .value, one a line, may be null
export const MERGE = place('merge'); // .selected_option.value: a pattern's id, or OWN; missing when nothing resembles it
export const OWN = 'own';
export const MEANING = place('meaning'); // .selected_option.value
export const COMMENT = place('comment'); // .value, may be null

export const paramPlace = (name: string): Place => place(`param_${name}`); // .value

interface TextInput {
  readonly at: Place;
  readonly label: string;
  readonly value?: string;
  readonly max: number;
  readonly lines?: boolean;
  readonly optional?: boolean;
}
function textInput({ at, label, value, max, lines, optional }: TextInput): InputBlock {
  return {
    type: 'input',
    block_id: at.block_id,
    label: plainText(label, 200),
    optional: optional ?? false,
    element: {
      type: 'plain_text_input',
      action_id: at.action_id,
      max_length: max,
      multiline: lines ?? false,
      ...(value === undefined || value === '' ? {} : { initial_value: cut(value.toWellFormed(), max) }),
    },
  };
}

interface Choice {
  readonly text: string;
  readonly value: string;
}
function choiceInput(at: Place, label: string, choices: readonly Choice[], chosen: string): InputBlock {
  const options = choices.map((one) => ({ text: plainText(one.text, 75), value: one.value }));
  const initial = options.find((one) => one.value === chosen);
  return {
    type: 'input',
    block_id: at.block_id,
    label: plainText(label, 200),
    element: { type: 'static_select', action_id: at.action_id, options, ...(initial === undefined ? {} : { initial_option: initial }) },
  };
}

function modal(callback: string, title: string, submit: string, metadata: string, blocks: KnownBlock[], options: CardOptions): ModalView {
  const short = (text: string): PlainTextElement => plainText(text, 24);
  return {
    type: 'modal',
    callback_id: callback,
    private_metadata: cut(metadata, 1000),
    title: short(title),
    submit: short(submit),
    close: short(say(options.locale)('button.back')),
    blocks,
  };
}

export function rejectModal(planId: string, options: CardOptions): ModalView {
  const words = say(options.locale);
  const blocks = [
    section(words('modal.reject.text', { plan: safe(planId, 40) })),
    textInput({ at: REASON, label: words('modal.reason'), max: 500, lines: true }),
  ];
  return modal(REJECT_CALLBACK, words('modal.reject.title'), words('button.reject'), planId, blocks, options);
}

const PARAMS_MAX = 10;

/** The parameters of a plan, to be changed. */
export function paramsModal(plan: Plan, options: CardOptions): ModalView {
  const words = say(options.locale);
  const inputs = Object.entries(plan.params)
    .slice(0, PARAMS_MAX)
    .map(([name, value]) => textInput({ at: paramPlace(name.slice(0, 100)), label: paramName(name, options.locale), value: String(value), max: 200 }));
  const blocks = [section(words('modal.params.text', { plan: safe(plan.id, 40), action: actionOnTarget(plan, options.locale) })), ...inputs];
  return modal(PARAMS_CALLBACK, words('modal.params.title'), words('modal.params.submit'), plan.id, blocks, options);
}

const HOUR = 3_600_000;
const SILENCES = [
  ['15min', HOUR / 4],
  ['1h', HOUR],
  ['4h', 4 * HOUR],
  ['1d', 24 * HOUR],
  ['7d', 168 * HOUR],
] as const;

/** `resourceId` fills the field in; null leaves it to be typed. */
export function silenceModal(resourceId: string | null, options: CardOptions): ModalView {
  const words = say(options.locale);
  const choices = SILENCES.map(([name, ms]) => ({ text: words(`modal.silence.${name}`), value: String(ms) }));
  const blocks = [
    textInput({ at: RESOURCE, label: words('modal.silence.resource'), max: 300, ...(resourceId === null ? {} : { value: plain(resourceId, 300) }) }),
    choiceInput(DURATION, words('modal.silence.duration'), choices, String(HOUR)),
    textInput({ at: REASON, label: words('modal.reason'), max: 500, lines: true }),
  ];
  return modal(SILENCE_CALLBACK, words('modal.silence.title'), words('modal.silence.submit'), resourceId ?? '', blocks, options);
}

/** A draft pattern to correct before it is saved; its solutions are read from the incident again on submit. */
export function patternModal(pattern: Pattern, duplicates: readonly Duplicate[], incidentId: string, options: CardOptions): ModalView {
  const words = say(options.locale);
  const categories = PATTERN_CATEGORIES.map((one) => ({ text: words(`category.${one}`), value: one }));
  const blocks = [
    textInput({ at: TITLE, label: words('modal.pattern.name'), value: plain(pattern.title, 200), max: 200 }),
    choiceInput(CATEGORY, words('pattern.category'), categories, pattern.category),
    textInput({ at: DESCRIPTION, label: words('modal.pattern.description'), value: cut(pattern.description, 1500), max: 2000, lines: true }),
    textInput({ at: SYMPTOMS, label: words('modal.pattern.symptoms'), value: someLines(pattern.symptoms), max: 2000, lines: true }),
    textInput({ at: CAUSES, label: words('modal.pattern.causes'), value: someLines(pattern.root_causes), max: 2000, lines: true, optional: true }),
    ...(duplicates.length === 0 ? [] : [mergeInput(duplicates, options)]),
  ];
  return modal(PATTERN_CALLBACK, words('modal.pattern.title'), words('modal.pattern.submit'), incidentId, blocks, options);
}

/** Known patterns that look like the same problem; on its own unless somebody chooses one. */
function mergeInput(duplicates: readonly Duplicate[], options: CardOptions): InputBlock {
  const words = say(options.locale);
  const choices = duplicates.map(({ patternId, title }) => ({ text: plain(`${patternId}: ${title}`, 75), value: patternId }));
  return choiceInput(MERGE, words('modal.pattern.merge'), [{ text: words('modal.pattern.own'), value: OWN }, ...choices], OWN);
}

/** As many whole lines as fit an input. */
function someLines(lines: readonly string[]): string {
  let text = '';
  for (const line of lines.map((one) => plain(one, 500))) {
    if (text.length + line.length + 1 > 1500) break;
    text += text === '' ? line : `\n${line}`;
  }
  return text;
}

/** A verdict with words, and what it is about. */
export function feedbackModal(subject: string, verdict: Verdict, options: CardOptions): ModalView {
  const words = say(options.locale);
  const meanings: FeedbackMeaning[] = subject.startsWith('PAT-') ? ['match'] : ['alert', 'fix', 'match'];
  const choices = meanings.map((one) => ({ text: words(`button.meaning.${one}`), value: one }));
  const chosen = subject.startsWith('PLAN-') ? 'fix' : (meanings[0] ?? 'match');
  const blocks = [
    section(`${verdict === 'good' ? '👍' : '👎'} *${safe(subject, 40)}*`),
    choiceInput(MEANING, words('modal.feedback.meaning'), choices, chosen),
    textInput({ at: COMMENT, label: words('modal.feedback.comment'), max: 1000, lines: true, optional: true }),
  ];
  return modal(
    FEEDBACK_CALLBACK,
    words('modal.feedback.title'),
    words('modal.feedback.submit'),
    JSON.stringify({ subject: cut(subject, 250), verdict }),
    blocks,
    options,
  );
}
