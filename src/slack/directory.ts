import type { WebClient } from '@slack/web-api';
import type { Clock, Directory, Person } from '../domain/ports.ts';
import { call } from './client.ts';
import { slackErrorCode } from './errors.ts';

const KEEP_MS = 5 * 60_000;
const ENTRIES_MAX = 5000;

/**
 * People and user groups as Slack knows them, remembered for at most five minutes. Fails closed: what Slack does not
 * confirm is an OpsError, never an old answer.
 */
export function createSlackDirectory(client: WebClient, clock: Clock): Directory {
  const people = remember<Person | null>(clock, (userId) => readPerson(client, userId));
  const groups = remember<readonly string[]>(clock, (groupId) => readGroup(client, groupId));
  return { person: people, groupMembers: groups };
}

function remember<T>(clock: Clock, read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, { readonly atMs: number; readonly value: Promise<T> }>();
  return (id) => {
    const now = clock.now();
    const entry = known.get(id);
    if (entry !== undefined && now - entry.atMs < KEEP_MS && now >= entry.atMs) return entry.value;
    known.delete(id);
    const oldest = known.keys().next();
    if (known.size >= ENTRIES_MAX && oldest.done !== true) known.delete(oldest.value);
    const value = read(id);
    known.set(id, { atMs: now, value });
    value.catch(() => known.delete(id)); // a failure is asked again, not remembered
    return value;
  };
}

async function readPerson(client: WebClient, userId: string): Promise<Person | null> {
  try {
    const { user } = await call('users.info', () => client.users.info({ user: userId, include_locale: true }));
    if (user?.id === undefined) return null;
    return {
      id: user.id,
      name: user.profile?.display_name || user.real_name || user.name || user.id,
      locale: user.locale?.startsWith('zh') === true ? 'zh' : 'en',
      timeZone: user.tz ?? 'UTC',
      isBot: user.is_bot === true || user.id === 'USLACKBOT',
      deactivated: user.deleted === true,
      outsider: user.is_restricted === true || user.is_ultra_restricted === true || user.is_stranger === true,
    };
  } catch (error) {
    if (slackErrorCode(error) === 'user_not_found') return null;
    throw error;
  }
}

async function readGroup(client: WebClient, groupId: string): Promise<readonly string[]> {
  const { users } = await call('usergroups.users.list', () => client.usergroups.users.list({ usergroup: groupId }));
  return users ?? [];
}
