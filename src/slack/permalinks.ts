import type { Subject } from '../domain/names.ts';
import type { MessageRef, Repositories } from '../domain/store.ts';
import { stormOf } from '../loop/storms.ts';

/** Where the card of an incident or plan is in Slack, and the thread it is in; null: it was never shown. Patterns have no card. */
export async function cardOf(store: Repositories, { kind, id }: Subject): Promise<{ readonly ref: MessageRef; readonly root: MessageRef | null } | null> {
  if (kind === 'pattern') return null;
  if (kind === 'incident') {
    const ref = (await store.messages.get(id)) ?? (await cardOfStorm(store, id));
    return ref === null ? null : { ref, root: null };
  }
  const ref = await store.messages.get(id);
  if (ref === null) return null;
  const incidentId = (await store.plans.get(id))?.incidentId ?? null;
  const root = incidentId === null ? null : ((await store.messages.get(incidentId)) ?? (await cardOfStorm(store, incidentId)));
  return { ref, root: root?.channel === ref.channel ? root : null };
}

async function cardOfStorm(store: Repositories, incidentId: string): Promise<MessageRef | null> {
  const stormId = await stormOf(store, incidentId);
  return stormId === null ? null : await store.messages.get(stormId);
}

/** Slack's own address of a card, as `chat.getPermalink` gives it, without asking Slack each time: `workspaceUrl` comes from `auth.test`. */
export async function permalinkOf(store: Repositories, subject: Subject, workspaceUrl: string): Promise<string | null> {
  const card = await cardOf(store, subject);
  if (card === null) return null;
  const { ref, root } = card;
  const thread = root === null ? '' : `?thread_ts=${root.ts}&cid=${root.channel}`;
  return `${workspaceUrl.replace(/\/$/, '')}/archives/${ref.channel}/p${ref.ts.replace('.', '')}${thread}`;
}
