import { plainText } from '../acts/elements.ts';
import type { Json, LocalMessage, LocalView } from '../types.ts';
import { dmId } from '../workspace.ts';
import { blocksHtml } from './blocks.ts';
import { avatarHtml, messageHtml } from './message.ts';
import { dayOf, type Viewer } from './viewer.ts';

const SHOWN_MAX = 200; // messages of a conversation on the page

interface Piece {
  readonly key: string; // the same piece later has the same key
  readonly html: string;
}

/** Everything the page shows to one person at one place. */
export function pageState(viewer: Viewer, where: string, threadTs: string): Json {
  const { core, person } = viewer;
  const { workspace, manifest } = core;
  const asked = workspace.conversations.get(where);
  const conversation = asked?.members.has(person.id) === true ? asked : undefined; // nobody reads another's DM
  const modal = workspace.modals.get(person.id)?.at(-1);
  const home = workspace.homes.get(person.id);
  const agent = conversation?.kind === 'im' ? agentState(viewer, where, threadTs) : null;
  const own = [...workspace.people.values()].map((one) => ({ id: one.id, name: one.name, locale: one.locale, avatar: avatarHtml(viewer, one.id) }));
  return {
    bot: { name: manifest.botName, dm: dmId(person.id), homeTab: manifest.homeTab, agent: manifest.agent },
    people: own,
    channels: workspace.channels.map(({ id, name }) => ({ id, name, latest: latestOf(viewer, id) })),
    dmLatest: latestOf(viewer, dmId(person.id)),
    messages: conversation === undefined ? [] : pieces(viewer, topLevel(viewer, where), false),
    thread: threadTs === '' || conversation === undefined ? null : pieces(viewer, threadOf(viewer, where, threadTs), true),
    agent,
    home: home === undefined ? '' : viewHtml(viewer, home),
    modal: modal === undefined ? null : modalState(viewer, modal),
    guide: workspace.guide,
    commands: manifest.commands,
    sockets: core.hub.size,
  };
}

function latestOf({ core }: Viewer, channel: string): string {
  return core.workspace.all(channel).findLast((message) => message.fromBot)?.ts ?? '0';
}

const byTs = (a: LocalMessage, b: LocalMessage): number => Number(a.ts) - Number(b.ts);

function topLevel({ core, person }: Viewer, channel: string): LocalMessage[] {
  const whispers = core.workspace.ephemerals(person.id).filter((message) => message.channel === channel && message.threadTs === null);
  const posted = core.workspace
    .all(channel)
    .filter((message) => message.threadTs === null || message.threadTs === message.ts || core.workspace.message(channel, message.threadTs) === null);
  return [...posted, ...whispers].sort(byTs).slice(-SHOWN_MAX);
}

function threadOf({ core, person }: Viewer, channel: string, ts: string): LocalMessage[] {
  const whispers = core.workspace.ephemerals(person.id).filter((message) => message.channel === channel && message.threadTs === ts);
  return [...core.workspace.thread(channel, ts), ...whispers].sort(byTs).slice(-SHOWN_MAX);
}

/** The messages as pieces, with a divider where a new day begins. */
function pieces(viewer: Viewer, messages: readonly LocalMessage[], inThread: boolean): Piece[] {
  let day = '';
  return messages.flatMap((message) => {
    const piece = { key: message.ts, html: messageHtml(viewer, message, inThread) };
    const its = dayOf(viewer, message.ts);
    if (its === day || inThread) return [piece];
    day = its;
    return [{ key: `day-${its}`, html: `<div class="day"><span>${its}</span></div>` }, piece];
  });
}

function agentState({ core }: Viewer, channel: string, threadTs: string): Json | null {
  const thread = core.workspace.agentThreads.get(`${channel}:${threadTs}`);
  return thread === undefined ? null : { ...thread };
}

/** Blocks with what the person has filled in as their starting values. */
function withState(view: LocalView): Json[] {
  const values = (view['state'] as { values: Record<string, Record<string, Json> | undefined> }).values;
  const filled = (blockId: string, element: Json): Json => {
    const state = values[blockId]?.[String(element['action_id'])];
    if (state === undefined) return element;
    const held = Object.entries(state).filter(([key, value]) => key !== 'type' && value !== null);
    return { ...element, ...Object.fromEntries(held.map(([key, value]) => [key === 'value' ? 'initial_value' : key.replace('selected_', 'initial_'), value])) };
  };
  return view.blocks.map((block) => {
    const blockId = String(block['block_id']);
    const one = (key: string): Json => (block[key] === undefined ? {} : { [key]: filled(blockId, block[key] as Json) });
    const elements = block['type'] === 'actions' ? { elements: (block['elements'] as Json[]).map((element) => filled(blockId, element)) } : {};
    return { ...block, ...one('element'), ...one('accessory'), ...elements };
  });
}

const viewHtml = (viewer: Viewer, view: LocalView): string => blocksHtml(viewer, withState(view));

function modalState(viewer: Viewer, view: LocalView): Json {
  const submit = plainText(view['submit']);
  return {
    key: `${view.id}/${view.hash}`,
    title: plainText(view['title']),
    submit: submit === '' ? null : submit,
    close: plainText(view['close']) || (submit === '' ? 'Close' : 'Cancel'),
    html: viewHtml(viewer, view),
  };
}
