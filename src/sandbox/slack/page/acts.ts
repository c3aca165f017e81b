import { z } from 'zod';
import { OpsError } from '../../../domain/errors.ts';
import { closeModal, submit } from '../acts/modal.ts';
import { press, shortcut } from '../acts/press.ts';
import { command, openAgent, openHome, react, say } from '../acts/talk.ts';
import type { Core } from '../core.ts';
import type { Json, Place } from '../types.ts';
import { BOT_USER_ID } from '../workspace.ts';

const field = z.union([z.string(), z.array(z.string())]);
const filled = z.record(z.string(), field).default({});
const message = z.object({ channel: z.string(), ts: z.string() });

/** What the page can ask for. */
const ActSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('say'), channel: z.string(), text: z.string().max(12_000), threadTs: z.string().nullable() }),
  z.object({ kind: z.literal('click'), place: z.union([message, z.enum(['home', 'modal'])]), action: z.string(), value: field.optional(), filled }),
  z.object({ kind: z.literal('react'), place: message, name: z.string() }),
  z.object({ kind: z.literal('shortcut'), place: message, callbackId: z.string() }),
  z.object({ kind: z.literal('submit'), filled }),
  z.object({ kind: z.literal('close') }),
  z.object({ kind: z.literal('home') }),
  z.object({ kind: z.literal('agent') }),
]);
type Act = z.infer<typeof ActSchema>;

/** Does what a person did on the page. The answer is for the page: an `error` in words, field `errors` of a modal. */
export async function act(core: Core, userId: string, body: unknown): Promise<Json> {
  const parsed = ActSchema.safeParse(body);
  if (!parsed.success) return { error: 'The page asked for something unknown.' };
  try {
    return await perform(core, userId, parsed.data);
  } catch (error) {
    if (error instanceof OpsError) return { error: [error.message, error.hint].filter(Boolean).join(' ') };
    throw error;
  }
}

/** Slack's words for an app that does not answer. */
function inWords(error: string | null): Json {
  if (error === null) return {};
  const words: Readonly<Record<string, string>> = {
    dispatch_failed: 'The app is not connected just now.',
    operation_timeout: 'The app did not answer in time.',
    required: '',
    errors: '',
  };
  return { error: words[error] ?? `The app answered with something Slack does not take: ${error}` };
}

async function perform(core: Core, userId: string, what: Act): Promise<Json> {
  switch (what.kind) {
    case 'say':
      return speak(core, userId, what);
    case 'click':
      return inWords((await press(core, userId, what.place satisfies Place, what.action, what.value, what.filled)).error);
    case 'react':
      return toggle(core, userId, what.place, what.name);
    case 'shortcut':
      return inWords((await shortcut(core, userId, what.callbackId, what.place)).error);
    case 'submit': {
      const { error, errors } = await submit(core, userId, what.filled);
      return { ...inWords(error), errors };
    }
    case 'close':
      await closeModal(core, userId);
      return {};
    case 'home':
      openHome(core, userId);
      return {};
    default:
      return openAgent(core, userId);
  }
}

async function speak(core: Core, userId: string, { channel, text, threadTs }: Extract<Act, { kind: 'say' }>): Promise<Json> {
  const line = /^(\/\S+)\s*([\s\S]*)$/.exec(text.trim());
  if (line === null) {
    say(core, userId, channel, asTyped(core, text.trim()), threadTs);
    return {};
  }
  if (threadTs !== null) return { error: 'Slack takes no slash commands in threads. Write it as a mention instead.' };
  const { error } = await command(core, userId, line[1] ?? '', line[2] ?? '', channel);
  return error === 'invalid_command' ? {} : inWords(error);
}

/** Typed text in Slack's form: & < > escaped, @names and #channels as references. */
function asTyped(core: Core, text: string): string {
  const { workspace, manifest } = core;
  const names = new Map([...workspace.people.values()].flatMap(({ id, handle, name }) => [[`@${handle}`, id] as const, [`@${name}`, id] as const]));
  names.set(`@${manifest.botName}`, BOT_USER_ID);
  let typed = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  for (const [name, id] of [...names].sort(([a], [b]) => b.length - a.length)) typed = typed.replaceAll(name, `<@${id}>`);
  for (const { id, name } of workspace.channels) typed = typed.replaceAll(`#${name}`, `<#${id}|${name}>`);
  return typed;
}

function toggle(core: Core, userId: string, { channel, ts }: { channel: string; ts: string }, name: string): Json {
  const mine = core.workspace.message(channel, ts)?.reactions.some((one) => one.name === name && one.users.includes(userId)) ?? false;
  react(core, userId, channel, ts, name, !mine);
  return {};
}
