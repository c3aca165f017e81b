import type { Json } from '../types.ts';
import { safeUrl } from './mrkdwn.ts';
import { escapeHtml, type Viewer } from './viewer.ts';

/** The address of a picture for the page; an uploaded file is served by the page itself. */
function sourceOf(viewer: Viewer, image: Json): string | null {
  const file = image['slack_file'] as Json | undefined;
  if (file === undefined) return safeUrl(String(image['image_url']));
  const id = typeof file['id'] === 'string' ? file['id'] : /\/files\/(F\w+)/.exec(String(file['url']))?.[1];
  return viewer.core.workspace.files.has(id ?? '') ? `/page/files/${id}` : null;
}

export function imageHtml(viewer: Viewer, image: Json, className: string): string {
  const source = sourceOf(viewer, image);
  const alt = escapeHtml(String(image['alt_text'] ?? ''));
  return source === null ? `<span class="missing">🖼️ ${alt}</span>` : `<img class="${className}" src="${escapeHtml(source)}" alt="${alt}">`;
}
