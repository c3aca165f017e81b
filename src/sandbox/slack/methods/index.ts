import { assistantMethods } from './assistant.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods, type Uploads } from './files.ts';
import type { ApiMethod } from './method.ts';
import { peopleMethods } from './people.ts';
import { reactionMethods } from './reactions.ts';
import { streamMethods } from './stream.ts';
import { viewMethods } from './views.ts';

/** Every method of the Web API that is spoken here. */
export function allMethods(uploads: Uploads): ReadonlyMap<string, ApiMethod> {
  const groups = [peopleMethods, chatMethods, streamMethods, conversationMethods, reactionMethods, viewMethods, fileMethods(uploads), assistantMethods];
  return new Map(groups.flatMap((group) => Object.entries(group)));
}
