/** What each Web API method the code calls needs of the bot token. The manifest is held against this table. */
export const METHOD_SCOPES = {
  'assistant.threads.setStatus': ['assistant:write'],
  'assistant.threads.setSuggestedPrompts': ['assistant:write'],
  'auth.test': [],
  'chat.appendStream': ['chat:write'],
  'chat.startStream': ['chat:write'],
  'chat.stopStream': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.unfurl': ['links:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
} as const satisfies Record<string, readonly string[]>;

/** Events the code listens to, by the name Bolt knows; `subscribe` is the manifest's name. */
export const EVENTS = {
  app_mention: { subscribe: 'app_mention', scopes: ['app_mentions:read'] },
  message: { subscribe: 'message.im', scopes: ['im:history'] },
  reaction_added: { subscribe: 'reaction_added', scopes: ['reactions:read'] },
  reaction_removed: { subscribe: 'reaction_removed', scopes: ['reactions:read'] },
  assistant_thread_started: { subscribe: 'assistant_thread_started', scopes: ['assistant:write'] },
  link_shared: { subscribe: 'link_shared', scopes: ['links:read'] },
  app_home_opened: { subscribe: 'app_home_opened', scopes: [] },
} as const satisfies Record<string, { readonly subscribe: string; readonly scopes: readonly string[] }>;

const COMMAND_SCOPE = 'commands';

/** Every bot scope the code needs, sorted. */
export function neededScopes(): readonly string[] {
  const scopes = [COMMAND_SCOPE, ...Object.values(METHOD_SCOPES).flat(), ...Object.values(EVENTS).flatMap((event) => [...event.scopes])];
  return [...new Set<string>(scopes)].sort();
}
