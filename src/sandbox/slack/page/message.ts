import type { Json, LocalFile, LocalMessage, LocalReaction } from '../types.ts';
import { BOT_USER_ID } from '../workspace.ts';
import { blocksHtml } from './blocks.ts';
import { emojiOf } from './emoji.ts';
import { mrkdwnHtml, plainHtml } from './mrkdwn.ts';
import { clockTime, dayOf, escapeHtml, nameOf, type Viewer } from './viewer.ts';

const BOT_PICTURE =
  '<svg viewBox="0 0 36 36" aria-hidden="true"><path d="M26 12a10 10 0 1 0 2 8M26 5v7h-7" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/** A person's first letter on their own colour, or the bot's loop. */
export function avatarHtml(viewer: Viewer, userId: string): string {
  if (userId === BOT_USER_ID) return `<span class="avatar bot">${BOT_PICTURE}</span>`;
  const index = [...viewer.core.workspace.people.keys()].indexOf(userId);
  return `<span class="avatar tint-${index < 0 ? 'none' : index % 6}" aria-hidden="true">${escapeHtml([...nameOf(viewer, userId)][0] ?? '?')}</span>`;
}

function reactionHtml(viewer: Viewer, { name, users }: LocalReaction): string {
  const mine = users.includes(viewer.person.id);
  const who = users.map((id) => nameOf(viewer, id)).join(', ');
  return `<button type="button" class="reaction" data-react="${escapeHtml(name)}" aria-pressed="${mine}" title="${escapeHtml(`${who} reacted with :${name}:`)}" aria-label="${escapeHtml(`${name}, ${users.length}, ${who}`)}">${emojiOf(name) ?? escapeHtml(`:${name}:`)} <span>${users.length}</span></button>`;
}

function fileHtml(file: LocalFile): string {
  const link = `/page/files/${file.id}`;
  if (file.mimeType.startsWith('image/'))
    return `<figure class="image"><figcaption>${plainHtml(file.title)}</figcaption><img class="picture" src="${link}" alt="${escapeHtml(file.altText || file.title)}"></figure>`;
  return `<a class="file" href="${link}" target="_blank" rel="noopener"><span aria-hidden="true">📄</span><span><strong>${plainHtml(file.title)}</strong><small>${escapeHtml(file.name)} · ${Math.max(1, Math.round(file.bytes.length / 1024))} kB</small></span></a>`;
}

function attachmentHtml(viewer: Viewer, attachment: Json): string {
  const blocks = Array.isArray(attachment['blocks']) ? blocksHtml(viewer, attachment['blocks'] as Json[]) : '';
  const texts = ['pretext', 'title', 'text'].map((key) => (typeof attachment[key] === 'string' ? `<div>${mrkdwnHtml(viewer, attachment[key])}</div>` : ''));
  return `<div class="attachment">${texts.join('')}${blocks}</div>`;
}

function toolsHtml(viewer: Viewer, message: LocalMessage, inThread: boolean): string {
  if (message.ephemeralTo !== null) return '';
  const shortcuts = viewer.core.manifest.shortcuts.filter((one) => one.type === 'message');
  const items = shortcuts.map(
    (one) => `<button type="button" role="menuitem" class="item" data-shortcut="${escapeHtml(one.callbackId)}">${escapeHtml(one.name)}</button>`,
  );
  const more =
    items.length === 0
      ? ''
      : `<details class="menu"><summary class="tool" aria-label="Message shortcuts" title="Message shortcuts">⋯</summary><div class="items" role="menu">${items.join('')}</div></details>`;
  const reply = inThread ? '' : '<button type="button" class="tool" data-open-thread aria-label="Reply in thread" title="Reply in thread">💬</button>';
  return `<div class="tools" role="group" aria-label="Message actions"><button type="button" class="tool" data-picker aria-label="Add reaction" title="Add reaction" aria-haspopup="dialog">☺</button>${reply}${more}</div>`;
}

/** The line under a root that leads to its replies. */
function threadLink(viewer: Viewer, message: LocalMessage): string {
  if (message.threadTs !== message.ts) return '';
  const replies = viewer.core.workspace.thread(message.channel, message.ts).slice(1);
  const last = replies.at(-1);
  if (last === undefined) return '';
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map((user) => avatarHtml(viewer, user));
  return `<button type="button" class="thread-link" data-open-thread>${faces.join('')}<strong>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</strong> <small>last at ${clockTime(viewer, last.ts)}</small></button>`;
}

/** One message as the viewer sees it. */
export function messageHtml(viewer: Viewer, message: LocalMessage, inThread: boolean): string {
  const body = message.blocks.length > 0 ? blocksHtml(viewer, message.blocks) : `<div class="text-body">${mrkdwnHtml(viewer, message.text)}</div>`;
  const app = message.fromBot ? '<span class="badge">APP</span>' : '';
  const edited = message.editedTs === null || message.fromBot ? '' : ' <small>(edited)</small>';
  const only = message.ephemeralTo === null ? '' : '<p class="only"><span aria-hidden="true">👁</span> Only visible to you</p>';
  const reactions = message.reactions.map((one) => reactionHtml(viewer, one)).join('');
  const author = nameOf(viewer, message.user);
  const extras = [
    ...message.files.map(fileHtml),
    ...message.attachments.map((one) => attachmentHtml(viewer, one)),
    reactions === '' ? '' : `<div class="reactions">${reactions}</div>`,
  ];
  return `<article class="message${message.ephemeralTo === null ? '' : ' whisper'}${message.streaming ? ' streaming' : ''}" data-channel="${message.channel}" data-ts="${message.ts}" aria-label="${escapeHtml(`${author}, ${clockTime(viewer, message.ts)}`)}">${avatarHtml(viewer, message.user)}<div class="message-main">${only}<header><strong>${escapeHtml(author)}</strong>${app}<time title="${escapeHtml(dayOf(viewer, message.ts))}">${clockTime(viewer, message.ts)}</time>${edited}</header><div class="body">${body}</div>${extras.join('')}${inThread ? '' : threadLink(viewer, message)}</div>${toolsHtml(viewer, message, inThread)}</article>`;
}
