import { z } from 'zod';
import type { Core } from '../core.ts';
import { Refusal } from '../refusal.ts';
import type { Json, LocalGroup } from '../types.ts';
import { botUserJson, userJson } from '../wire.ts';
import { APP_ID, BOT_ID, BOT_USER_ID, TEAM } from '../workspace.ts';
import { type ApiMethod, boolArg, limitArg, method, page } from './method.ts';

function user(core: Core, id: string): Json {
  if (id === BOT_USER_ID) return botUserJson(core.manifest.botName);
  const person = core.workspace.people.get(id);
  if (person === undefined) throw new Refusal('user_not_found');
  return userJson(person);
}
const groupJson = (group: LocalGroup, withUsers: boolean): Json => ({
  id: group.id,
  team_id: TEAM.id,
  is_usergroup: true,
  name: group.handle,
  handle: group.handle,
  description: '',
  date_delete: 0,
  user_count: group.members.length,
  ...(withUsers ? { users: group.members } : {}),
});

export const peopleMethods: Readonly<Record<string, ApiMethod>> = {
  'api.test': method({ token: 'none', args: z.looseObject({ error: z.string().optional() }) }, (args) => {
    if (args.error !== undefined) throw new Refusal(args.error, { args });
    return { args };
  }),
  'auth.test': method({ args: z.looseObject({}) }, (_args, core) => ({
    url: core.baseUrl,
    team: TEAM.name,
    team_id: TEAM.id,
    user: core.manifest.botName,
    user_id: BOT_USER_ID,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  })),
  'apps.connections.open': method({ token: 'app', args: z.looseObject({}) }, (_args, core) => ({
    url: `${core.baseUrl.replace('http', 'ws')}link?ticket=${core.hub.issueTicket()}&app_id=${APP_ID}`,
  })),
  'bots.info': method({ scopes: ['users:read'], args: z.looseObject({ bot: z.string().default(BOT_ID) }) }, (args, core) => {
    if (args.bot !== BOT_ID) throw new Refusal('bot_not_found');
    return { bot: { id: BOT_ID, app_id: APP_ID, user_id: BOT_USER_ID, name: core.manifest.botName, deleted: false, updated: 0, icons: {} } };
  }),
  'team.info': method({ scopes: ['team:read'], args: z.looseObject({}) }, (_args, core) => ({
    team: { ...TEAM, url: core.baseUrl, email_domain: '', icon: {} },
  })),
  'users.info': method({ scopes: ['users:read'], args: z.looseObject({ user: z.string().min(1), include_locale: boolArg.optional() }) }, (args, core) => {
    const { locale, ...rest } = user(core, args.user);
    return { user: args.include_locale === true ? { ...rest, locale } : rest };
  }),
  'users.list': method(
    { scopes: ['users:read'], args: z.looseObject({ limit: limitArg, cursor: z.string().optional(), include_locale: boolArg.optional() }) },
    (args, core) => {
      const { items, next } = page([...core.workspace.people.keys(), BOT_USER_ID], args.limit, args.cursor);
      const members = items.map((id) => user(core, id)).map(({ locale, ...rest }) => (args.include_locale === true ? { ...rest, locale } : rest));
      return { members, cache_ts: Math.floor(core.workspace.now() / 1000), response_metadata: { next_cursor: next } };
    },
  ),
  'users.lookupByEmail': method({ scopes: ['users:read.email'], args: z.looseObject({ email: z.string().min(1) }) }, (args, core) => {
    const found = [...core.workspace.people.values()].find((person) => `${person.handle}@example.com` === args.email);
    if (found === undefined) throw new Refusal('users_not_found');
    return { user: userJson(found) };
  }),
  'usergroups.list': method({ scopes: ['usergroups:read'], args: z.looseObject({ include_users: boolArg.optional() }) }, (args, core) => ({
    usergroups: core.workspace.groups.map((group) => groupJson(group, args.include_users ?? false)),
  })),
  'usergroups.users.list': method({ scopes: ['usergroups:read'], args: z.looseObject({ usergroup: z.string().min(1) }) }, (args, core) => {
    const group = core.workspace.groups.find(({ id }) => id === args.usergroup);
    if (group === undefined) throw new Refusal('no_such_subteam');
    return { users: group.members };
  }),
};
