import { z } from 'zod';
import { LIMITS, type Surface } from '../../../../blocks/limits/numbers.ts';
import { blocksTextLength, checkBlocks } from '../../../../blocks/limits.ts';
import type { Core } from '../core.ts';
import { Refusal, refuseFor } from '../refusal.ts';
import type { Json } from '../types.ts';
import { type Conversation, withIds } from '../workspace.ts';

/** One method of the Web API. `scopes`: any one of them suffices; empty: none is needed. */
export interface ApiMethod {
  readonly token: 'bot' | 'app' | 'none';
  readonly scopes: readonly string[];
  run(args: Json, core: Core): Json | Promise<Json>;
}

/** A method with its arguments checked; what does not fit is `invalid_arguments`. */
export function method<T extends z.ZodType>(
  options: { readonly args: T; readonly scopes?: readonly string[]; readonly token?: 'bot' | 'app' | 'none' },
  run: (args: z.infer<T>, core: Core) => Json | Promise<Json>,
): ApiMethod {
  return {
    token: options.token ?? 'bot',
    scopes: options.scopes ?? [],
    run: (args, core) => {
      const parsed = options.args.safeParse(args);
      if (parsed.success) return run(parsed.data, core);
      throw refuseFor(
        'invalid_arguments',
        parsed.error.issues.map((issue) => `${issue.message} [json-pointer:/${issue.path.join('/')}]`),
      );
    },
  };
}

/** An argument that is JSON: as text in a form, as itself in a JSON body. */
export const jsonArg = z.unknown().transform((value, context) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue('must be valid JSON');
    return z.NEVER;
  }
});
export const boolArg = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')]);
export const limitArg = z.coerce.number().int().min(1).max(1000).default(100);

/** Refuses when the manifest lacks the scope. */
export function needScope(core: Core, ...anyOf: readonly string[]): void {
  if (anyOf.some((scope) => core.manifest.scopes.has(scope))) return;
  throw new Refusal('missing_scope', { needed: anyOf.join(','), provided: [...core.manifest.scopes].join(',') });
}

/** `channels:history`, `groups:history` or `im:history`, as the conversation is. */
export function needConversationScope(core: Core, conversation: Conversation, right: 'read' | 'history'): void {
  needScope(core, `${conversation.kind === 'im' ? 'im' : conversation.isPrivate ? 'groups' : 'channels'}:${right}`);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks blocks as Slack does, and gives them ids. Undefined and null mean none. */
export function acceptBlocks(core: Core, value: unknown, surface: Surface = 'message'): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isJson)) throw new Refusal('invalid_blocks_format');
  const problems = [...checkBlocks(value, surface), ...pictureProblems(core, value)];
  if (problems.length > 0) throw refuseFor('invalid_blocks', problems);
  if (surface === 'message' && blocksTextLength(value) > LIMITS.messageBlocksText) throw new Refusal('msg_blocks_too_long');
  return withIds(value, (prefix) => core.workspace.nextId(prefix));
}

/** A slack_file must be a picture that was uploaded here. */
function pictureProblems(core: Core, value: unknown, path = 'blocks'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const problems = Object.entries(value).flatMap(([key, inner]) => pictureProblems(core, inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`));
  const reference = 'slack_file' in value ? value.slack_file : undefined;
  if (!isJson(reference)) return problems;
  const id = typeof reference['id'] === 'string' ? reference['id'] : /\/files\/(F\w+)/.exec(String(reference['url']))?.[1];
  const file = core.workspace.files.get(id ?? '');
  if (file === undefined) return [...problems, `${path}.slack_file: there is no such file`];
  return file.mimeType.startsWith('image/') ? problems : [...problems, `${path}.slack_file: is not a picture`];
}

/** One page of a list, with Slack's cursor. */
export function page<T>(items: readonly T[], limit: number, cursor: string | undefined): { readonly items: readonly T[]; readonly next: string } {
  const start = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  if (!Number.isInteger(start) || start < 0) throw new Refusal('invalid_cursor');
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? Buffer.from(String(end)).toString('base64') : '' };
}
