import { z } from 'zod';
import { checkView } from '../../../../blocks/limits.ts';
import type { Core } from '../core.ts';
import { Refusal, refuseFor } from '../refusal.ts';
import type { Json, LocalView } from '../types.ts';
import { APP_ID, BOT_ID, TEAM } from '../workspace.ts';
import { type ApiMethod, acceptBlocks, jsonArg, method } from './method.ts';

const VIEW_BYTES_MAX = 250_000;
const STACK_MAX = 3;

/** A view as Slack keeps it, from one an app gave; `before` is what it replaces. */
export function acceptView(core: Core, given: unknown, wanted: 'modal' | 'home', before?: LocalView, parent?: LocalView): LocalView {
  const source = (typeof given === 'object' && given !== null ? given : {}) as Json;
  if (JSON.stringify(source).length > VIEW_BYTES_MAX) throw new Refusal('view_too_large');
  const problems = checkView(source);
  if (source['type'] !== wanted) problems.unshift(`view.type: must be ${wanted}`);
  if (problems.length > 0) throw refuseFor('invalid_arguments', problems);
  const id = before?.id ?? core.workspace.nextId('V');
  const title = wanted === 'modal' ? { title: source['title'], submit: source['submit'] ?? null, close: source['close'] ?? null } : {};
  return {
    id,
    team_id: TEAM.id,
    app_id: APP_ID,
    app_installed_team_id: TEAM.id,
    bot_id: BOT_ID,
    type: wanted,
    ...title,
    blocks: acceptBlocks(core, source['blocks'], wanted),
    private_metadata: String(source['private_metadata'] ?? ''),
    callback_id: String(source['callback_id'] ?? ''),
    external_id: String(source['external_id'] ?? ''),
    clear_on_close: source['clear_on_close'] ?? false,
    notify_on_close: source['notify_on_close'] ?? false,
    state: before?.['state'] ?? { values: {} },
    hash: `${Math.floor(core.workspace.now() / 1000)}.${core.workspace.nextId('h')}`,
    root_view_id: before?.['root_view_id'] ?? parent?.['root_view_id'] ?? id,
    previous_view_id: before?.['previous_view_id'] ?? parent?.id ?? null,
  };
}

function checkExternalId(core: Core, view: LocalView): void {
  const open = [...core.workspace.modals.values()].flat();
  if (view['external_id'] !== '' && open.some((one) => one['external_id'] === view['external_id'] && one.id !== view.id)) {
    throw refuseFor('duplicate_external_id', [`external_id ${String(view['external_id'])} is in use`]);
  }
}

/** Puts a modal over the ones this person has open. */
export function pushView(core: Core, userId: string, given: unknown): LocalView {
  const stack = core.workspace.modals.get(userId) ?? [];
  if (stack.length >= STACK_MAX) throw new Refusal('push_limit_reached');
  const view = acceptView(core, given, 'modal', undefined, stack.at(-1));
  checkExternalId(core, view);
  core.workspace.modals.set(userId, [...stack, view]);
  core.workspace.changed();
  return view;
}

/** Puts a view in the place of another that is open. */
export function replaceView(core: Core, before: LocalView, given: unknown): LocalView {
  const after = acceptView(core, given, before.type, before);
  if (before.type === 'modal') checkExternalId(core, after);
  for (const [userId, stack] of core.workspace.modals)
    core.workspace.modals.set(
      userId,
      stack.map((view) => (view.id === before.id ? after : view)),
    );
  for (const [userId, view] of core.workspace.homes) if (view.id === before.id) core.workspace.homes.set(userId, after);
  core.workspace.changed();
  return after;
}

const opening = z.looseObject({ trigger_id: z.string().optional(), interactivity_pointer: z.string().optional(), view: jsonArg });

export const viewMethods: Readonly<Record<string, ApiMethod>> = {
  'views.open': method({ args: opening }, (args, core) => {
    const { userId, viewId } = core.triggers.use(args.trigger_id ?? args.interactivity_pointer ?? '');
    if (viewId !== null && (core.workspace.modals.get(userId) ?? []).some((view) => view.id === viewId)) return { view: pushView(core, userId, args.view) };
    const view = acceptView(core, args.view, 'modal');
    checkExternalId(core, view);
    core.workspace.modals.set(userId, [view]);
    core.workspace.changed();
    return { view };
  }),
  'views.push': method({ args: opening }, (args, core) => {
    const { userId } = core.triggers.use(args.trigger_id ?? args.interactivity_pointer ?? '');
    if ((core.workspace.modals.get(userId) ?? []).length === 0) throw new Refusal('no_open_view'); // nothing to push onto
    return { view: pushView(core, userId, args.view) };
  }),
  'views.update': method(
    { args: z.looseObject({ view_id: z.string().optional(), external_id: z.string().optional(), hash: z.string().optional(), view: jsonArg }) },
    (args, core) => {
      const open = [...core.workspace.modals.values()].flat();
      const before = [...open, ...core.workspace.homes.values()].find((view) =>
        args.view_id === undefined ? view['external_id'] === (args.external_id ?? null) : view.id === args.view_id,
      );
      if (before === undefined) throw new Refusal('not_found');
      if (args.hash !== undefined && args.hash !== before.hash) throw new Refusal('hash_conflict');
      return { view: replaceView(core, before, args.view) };
    },
  ),
  'views.publish': method({ args: z.looseObject({ user_id: z.string().min(1), hash: z.string().optional(), view: jsonArg }) }, (args, core) => {
    if (!core.manifest.homeTab) throw new Refusal('not_enabled');
    if (!core.workspace.people.has(args.user_id)) throw refuseFor('invalid_arguments', ['invalid `user_id`']);
    const before = core.workspace.homes.get(args.user_id);
    if (args.hash !== undefined && before !== undefined && args.hash !== before.hash) throw new Refusal('hash_conflict');
    const view = acceptView(core, args.view, 'home', before);
    core.workspace.homes.set(args.user_id, view);
    core.workspace.changed();
    return { view };
  }),
};
