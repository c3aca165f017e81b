import { OpsError } from '../../../domain/errors.ts';
import type { Core } from '../core.ts';
import type { AppReply, FieldValue, Json, LocalMessage, LocalView, Place } from '../types.ts';
import { messageJson } from '../wire.ts';
import { elementsOf, type Placed, plainText, stateOf, stateValues } from './elements.ts';
import { dispatch, interactionBase, responseUrl } from './interaction.ts';

export type Filled = Readonly<Record<string, FieldValue>>;

/** What a person sees at a place. */
function shownAt(core: Core, userId: string, place: Place): LocalMessage | LocalView {
  if (place === 'home' || place === 'modal') {
    const view = place === 'home' ? core.workspace.homes.get(userId) : core.workspace.modals.get(userId)?.at(-1);
    if (view === undefined) throw new OpsError('not_found', `${userId} has no ${place} open.`, 'Open it first.');
    return view;
  }
  const message = core.workspace.message(place.channel, place.ts) ?? core.workspace.ephemerals(userId).find((one) => one.ts === place.ts);
  if (message === undefined) throw new OpsError('not_found', `There is no message ${place.ts} in ${place.channel} that ${userId} can see.`);
  return message;
}

function find(placed: readonly Placed[], what: string): Placed {
  const found =
    placed.find(({ element, blockId }) => `${blockId}/${String(element['action_id'])}` === what) ??
    placed.find(({ element }) => element['action_id'] === what) ??
    placed.find(({ element }) => plainText(element['text']) === what) ??
    placed.find(({ element }) => String(element['action_id']).startsWith(what));
  if (found !== undefined) return found;
  const there = placed.map(({ element }) => `${String(element['action_id'])} ("${plainText(element['text'])}")`);
  throw new OpsError(
    'not_found',
    `There is nothing to press called "${what}".`,
    there.length === 0 ? 'Nothing can be pressed here.' : `There are: ${there.join(', ')}.`,
  );
}

function actionJson({ element, blockId }: Placed, value: FieldValue | undefined, ts: string): Json {
  const type = String(element['type']);
  const common = { action_id: element['action_id'], block_id: blockId, type, action_ts: ts };
  if (type === 'feedback_buttons') return { ...common, value, text: null };
  if (type !== 'button' && type !== 'icon_button' && type !== 'workflow_button') return { ...common, ...stateOf(element, value) };
  const optional = Object.fromEntries(['value', 'style', 'url'].filter((key) => element[key] !== undefined).map((key) => [key, element[key]]));
  return { ...common, text: element['text'], ...optional };
}

/** Presses or picks one element. `filled` is what else the person has filled in there. */
export async function press(core: Core, userId: string, place: Place, what: string, value?: FieldValue, filled: Filled = {}): Promise<AppReply> {
  const shown = shownAt(core, userId, place);
  const placed = find(elementsOf(shown.blocks), what);
  const ids = { ...filled, ...(value === undefined ? {} : { [`${placed.blockId}/${String(placed.element['action_id'])}`]: value }) };
  const action = actionJson(placed, value, core.workspace.nextTs());
  const where = 'ts' in shown ? onMessage(core, userId, shown as LocalMessage, ids) : onView(core, userId, shown as LocalView, ids);
  if (!core.manifest.interactive) return { ok: false, error: 'interactivity is not enabled in the manifest', message: null };
  const target = 'ts' in shown ? { channel: String(shown['channel']), userId } : null;
  const { ok, error, message } = await dispatch(
    core,
    'interactive',
    { ...interactionBase(core, userId, 'block_actions'), ...where, actions: [action] },
    target,
  );
  return { ok, error, message };
}

function onMessage(core: Core, userId: string, message: LocalMessage, filled: Filled): Json {
  const whispered = message.ephemeralTo !== null;
  const thread = message.threadTs === null ? {} : { thread_ts: message.threadTs };
  return {
    container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: whispered, ...thread },
    channel: { id: message.channel, name: channelName(core, message.channel) },
    trigger_id: core.triggers.issue(userId),
    response_url: responseUrl(core, message.channel, userId, message.ts),
    state: { values: stateValues(message.blocks, filled) },
    // Slack does not send an ephemeral message back.
    ...(whispered ? {} : { message: messageJson(core.workspace, message, core.baseUrl) }),
  };
}

export function channelName(core: Core, channel: string): string {
  const conversation = core.workspace.conversation(channel);
  return conversation.kind === 'im' ? 'directmessage' : conversation.name;
}

/** A view with what the person has filled in, kept for later. */
export function filledView(core: Core, userId: string, view: LocalView, filled: Filled): LocalView {
  const before = (view['state'] as { values: Json } | undefined)?.values ?? {};
  const changed = { ...view, state: { values: stateValues(view.blocks, filled, before) } };
  const stack = core.workspace.modals.get(userId) ?? [];
  if (view.type === 'home') core.workspace.homes.set(userId, changed);
  else
    core.workspace.modals.set(
      userId,
      stack.map((one) => (one.id === view.id ? changed : one)),
    );
  return changed;
}

function onView(core: Core, userId: string, view: LocalView, filled: Filled): Json {
  const trigger = core.triggers.issue(userId, view.type === 'modal' ? view.id : null);
  return { container: { type: 'view', view_id: view.id }, trigger_id: trigger, view: filledView(core, userId, view, filled) };
}

/** A message shortcut at a message, a global one anywhere. */
export async function shortcut(core: Core, userId: string, callbackId: string, place: { channel: string; ts: string } | null): Promise<AppReply> {
  const type = place === null ? 'global' : 'message';
  if (!core.manifest.shortcuts.some((one) => one.callbackId === callbackId && one.type === type)) {
    core.notSent.push({ what: callbackId, reason: `the manifest has no ${type} shortcut of this name` });
    return { ok: false, error: 'invalid_shortcut', message: null };
  }
  const common = { callback_id: callbackId, action_ts: core.workspace.nextTs(), trigger_id: core.triggers.issue(userId) };
  if (place === null) return dispatch(core, 'interactive', { ...interactionBase(core, userId, 'shortcut'), ...common }, null);
  const message = core.workspace.message(place.channel, place.ts);
  if (message === null) throw new OpsError('not_found', `There is no message ${place.ts} in ${place.channel}.`);
  const at = {
    message_ts: message.ts,
    channel: { id: message.channel, name: channelName(core, message.channel) },
    response_url: responseUrl(core, message.channel, userId, message.ts),
    message: messageJson(core.workspace, message, core.baseUrl),
  };
  return dispatch(core, 'interactive', { ...interactionBase(core, userId, 'message_action'), ...common, ...at }, { channel: message.channel, userId });
}
