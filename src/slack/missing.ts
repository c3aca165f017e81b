import type { METHOD_SCOPES } from './scopes.ts';

/** What people do without where Slack (another implementation, or an old one) lacks a method. Without the ones left out nothing works. */
export const WITHOUT: Partial<Record<keyof typeof METHOD_SCOPES, string>> = {
  'assistant.threads.setStatus': 'the agent pane does not say what is being done',
  'assistant.threads.setSuggestedPrompts': 'the agent pane suggests nothing',
  'chat.appendStream': 'steps of an analysis are not streamed',
  'chat.startStream': 'steps of an analysis are one message that is edited',
  'chat.stopStream': 'a stream of steps stays open',
  'chat.postEphemeral': 'private answers go to the DM',
  'chat.unfurl': 'links that people post are not shown',
  'conversations.info': 'links that people post are not shown',
  'conversations.history': 'after a crash a card may come twice',
  'conversations.replies': 'after a crash a note may come twice',
  'files.completeUploadExternal': 'cards have no pictures, and runbooks come as text',
  'files.getUploadURLExternal': 'cards have no pictures, and runbooks come as text',
  'usergroups.users.list': 'user groups count for nothing: name people in the policy',
  'views.open': 'there are no windows: what they ask for is typed',
  'views.publish': 'there is no Home tab',
  'views.update': 'windows stay as they were opened',
};
