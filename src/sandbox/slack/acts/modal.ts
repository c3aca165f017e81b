import { OpsError } from '../../../domain/errors.ts';
import type { Core } from '../core.ts';
import { pushView, replaceView } from '../methods/views.ts';
import { Refusal } from '../refusal.ts';
import type { Json, LocalView, SubmitReply } from '../types.ts';
import { isEmpty } from './elements.ts';
import { interactionBase, REASONS } from './interaction.ts';
import { type Filled, filledView } from './press.ts';

const refused = (error: string, errors: Readonly<Record<string, string>> = {}): SubmitReply => ({ ok: false, error, errors });
const valuesOf = (view: LocalView): Record<string, Record<string, Json>> => (view['state'] as { values: Record<string, Record<string, Json>> }).values;

/** What Slack itself checks before it tells the app: required fields and lengths. */
function fieldErrors(view: LocalView): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block['type'] !== 'input') continue;
    const blockId = String(block['block_id']);
    const element = block['element'] as Json;
    const state = valuesOf(view)[blockId]?.[String(element['action_id'])] ?? {};
    if (isEmpty(state) && block['optional'] !== true && element['type'] !== 'checkboxes') errors[blockId] = 'Please complete this required field.';
    const { value } = state;
    if (typeof value !== 'string') continue;
    if (value.length < Number(element['min_length'] ?? 0)) errors[blockId] = `Enter at least ${String(element['min_length'])} characters.`;
    if (value.length > Number(element['max_length'] ?? 3000)) errors[blockId] = `Enter at most ${String(element['max_length'] ?? 3000)} characters.`;
    if (
      element['type'] === 'number_input' &&
      (!Number.isFinite(Number(value)) || Number(value) < Number(element['min_value'] ?? -Infinity) || Number(value) > Number(element['max_value'] ?? Infinity))
    ) {
      errors[blockId] = 'Enter a valid number.';
    }
  }
  return errors;
}

/** Submits the open modal. The app's answer closes it, changes it, or names what is wrong with which field. */
export async function submit(core: Core, userId: string, filled: Filled): Promise<SubmitReply> {
  const open = core.workspace.modals.get(userId)?.at(-1);
  if (open === undefined) throw new OpsError('not_found', `${userId} has no modal open.`, 'Open it first.');
  const view = filledView(core, userId, open, filled);
  const errors = fieldErrors(view);
  if (Object.keys(errors).length > 0) return refused('required', errors);
  const trigger = { trigger_id: core.triggers.issue(userId, view.id) };
  const ack = await core.hub.send('interactive', { ...interactionBase(core, userId, 'view_submission'), ...trigger, view, response_urls: [] });
  if (!ack.ok) return refused(REASONS[ack.reason]);
  try {
    return answered(core, userId, view, ack.payload);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(`${error.error}: ${JSON.stringify(error.extra['errors'] ?? '')}`);
  }
}

function answered(core: Core, userId: string, view: LocalView, payload: Json): SubmitReply {
  const action = payload['response_action'];
  if (action === 'errors') {
    const errors = payload['errors'] as Readonly<Record<string, string>>;
    const unknown = Object.keys(errors ?? {}).filter((blockId) => !view.blocks.some((block) => block['block_id'] === blockId && block['type'] === 'input'));
    if (unknown.length > 0 || Object.keys(errors ?? {}).length === 0) return refused(`the app named fields that are not there: ${unknown.join(', ')}`);
    return refused('errors', errors);
  }
  if (action === 'update') replaceView(core, view, payload['view']);
  else if (action === 'push') pushView(core, userId, payload['view']);
  else if (action === 'clear') core.workspace.modals.set(userId, []);
  else if (action === undefined)
    core.workspace.modals.set(
      userId,
      (core.workspace.modals.get(userId) ?? []).filter((one) => one.id !== view.id),
    );
  else return refused(`invalid response_action ${String(action)}`);
  core.workspace.changed();
  return { ok: true, error: null, errors: {} };
}

export async function closeModal(core: Core, userId: string): Promise<void> {
  const stack = core.workspace.modals.get(userId) ?? [];
  const view = stack.at(-1);
  if (view === undefined) return;
  const cleared = view['clear_on_close'] === true;
  core.workspace.modals.set(userId, cleared ? [] : stack.slice(0, -1));
  core.workspace.changed();
  if (view['notify_on_close'] !== true) return;
  await core.hub.send('interactive', { ...interactionBase(core, userId, 'view_closed'), view, is_cleared: cleared });
}
