import { z } from 'zod';
import { type Core, tell, tellMessage } from '../core.ts';
import { Refusal } from '../refusal.ts';
import type { LocalFile } from '../types.ts';
import { fileJson } from '../wire.ts';
import { BOT_USER_ID } from '../workspace.ts';
import { threadOf } from './chat.ts';
import { type ApiMethod, acceptBlocks, jsonArg, method } from './method.ts';

const FILE_BYTES_MAX = 25_000_000;
const PENDING_MAX = 200;

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  md: 'text/markdown',
  txt: 'text/plain',
  log: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  yaml: 'text/yaml',
  pdf: 'application/pdf',
};
/** Whether the bytes are the picture their name says: Slack refuses others as `slack_file`. */
function mimeType(name: string, bytes: Uint8Array): string {
  const type = TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  if (type === 'image/png' && Buffer.from(bytes.subarray(1, 4)).toString('latin1') !== 'PNG') return 'application/octet-stream';
  return type;
}

interface Pending {
  readonly name: string;
  readonly altText: string;
  readonly length: number;
  bytes: Uint8Array | null;
}

/** Uploads between files.getUploadURLExternal and files.completeUploadExternal, by file id. */
export class Uploads {
  readonly #pending = new Map<string, Pending>();

  begin(id: string, pending: Omit<Pending, 'bytes'>): void {
    this.#pending.set(id, { ...pending, bytes: null });
    const oldest = this.#pending.keys().next().value;
    if (this.#pending.size > PENDING_MAX && oldest !== undefined) this.#pending.delete(oldest);
  }

  /** False when no upload with this id was begun, or the size is not the announced one. */
  receive(id: string, bytes: Uint8Array): boolean {
    const pending = this.#pending.get(id);
    if (pending === undefined || pending.length !== bytes.length) return false;
    pending.bytes = bytes;
    return true;
  }

  finish(id: string): Pending & { bytes: Uint8Array } {
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new Refusal('file_not_found');
    const { bytes } = pending;
    if (bytes === null) throw new Refusal('file_not_found'); // begun, its bytes never came
    this.#pending.delete(id);
    return { ...pending, bytes };
  }
}

function share(
  core: Core,
  files: readonly LocalFile[],
  args: { channel: string; thread_ts?: string | undefined; initial_comment?: string | undefined; blocks?: unknown },
): void {
  const conversation = core.workspace.conversation(args.channel);
  if (!conversation.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
  const threadTs = threadOf(core, conversation.id, args.thread_ts);
  const draft = core.workspace.draft(conversation.id, BOT_USER_ID, args.initial_comment ?? '');
  const message = core.workspace.post({ ...draft, threadTs, files, blocks: acceptBlocks(core, args.blocks) });
  tellMessage(core, conversation.id, message.ts);
  for (const file of files)
    tell(core, 'file_shared', { type: 'file_shared', file_id: file.id, file: { id: file.id }, user_id: BOT_USER_ID, channel_id: conversation.id });
}

export function fileMethods(uploads: Uploads): Readonly<Record<string, ApiMethod>> {
  return {
    'files.getUploadURLExternal': method(
      {
        scopes: ['files:write'],
        args: z.looseObject({
          filename: z.string().min(1),
          length: z.coerce.number().int().min(1),
          alt_txt: z.string().optional(),
          alt_text: z.string().optional(),
        }),
      },
      (args, core) => {
        if (args.length > FILE_BYTES_MAX) throw new Refusal('file_size_too_big');
        const id = core.workspace.nextId('F');
        uploads.begin(id, { name: args.filename, length: args.length, altText: args.alt_txt ?? args.alt_text ?? '' });
        return { upload_url: `${core.baseUrl}upload/${id}`, file_id: id };
      },
    ),
    'files.completeUploadExternal': method(
      {
        scopes: ['files:write'],
        args: z.looseObject({
          files: jsonArg.pipe(
            z
              .array(z.looseObject({ id: z.string().min(1), title: z.string().optional() }))
              .min(1)
              .max(10),
          ),
          channel_id: z.string().optional(),
          channels: z.string().optional(),
          thread_ts: z.string().optional(),
          initial_comment: z.string().optional(),
          blocks: jsonArg.optional(),
        }),
      },
      (args, core) => {
        const channel = args.channel_id ?? args.channels;
        const channels = channel === undefined ? [] : [core.workspace.conversation(channel).id];
        const files = args.files.map(({ id, title }): LocalFile => {
          const { name, altText, bytes } = uploads.finish(id);
          return { id, name, altText, bytes, title: title ?? name, mimeType: mimeType(name, bytes), createdAtMs: core.workspace.now(), channels };
        });
        for (const file of files) core.workspace.addFile(file);
        if (channel !== undefined) share(core, files, { channel, thread_ts: args.thread_ts, initial_comment: args.initial_comment, blocks: args.blocks });
        return { files: files.map((file) => fileJson(file, core.baseUrl)) };
      },
    ),
    'files.info': method({ scopes: ['files:read'], args: z.looseObject({ file: z.string().min(1) }) }, (args, core) => {
      const file = core.workspace.files.get(args.file);
      if (file === undefined) throw new Refusal('file_not_found');
      return { file: fileJson(file, core.baseUrl), comments: [], response_metadata: { next_cursor: '' } };
    }),
  };
}
