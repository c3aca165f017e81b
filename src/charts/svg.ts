import { COLOURS } from './annotations.ts';
import { FONT_FAMILY } from './fonts.ts';
import { fitted } from './layout.ts';

// Pictures that are no charts are plain SVG: boxes, lines and words.
export const WIDE = 1200;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

interface Words {
  readonly size?: number;
  readonly colour?: string;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly max?: number; // pixels; longer text ends in dots
}
/** One line of text; control characters are taken out and markup is escaped. */
export function words(
  content: string,
  x: number,
  y: number,
  { size = 16, colour = COLOURS.ink, bold = false, anchor = 'start', max = WIDE }: Words = {},
): string {
  return `<text x="${x}" y="${y}" font-family="${FONT_FAMILY}" font-size="${size}" font-weight="${bold ? 'bold' : 'normal'}" fill="${colour}" text-anchor="${anchor}">${escaped(fitted(content, max, size))}</text>`;
}

export const line = (x1: number, y1: number, x2: number, y2: number, colour: string, width = 2): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`;

export const box = (x: number, y: number, width: number, height: number, fill: string, stroke = 'none', radius = 0): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${stroke}" stroke-width="2"/>`;

export const page = (height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDE}" height="${height}" viewBox="0 0 ${WIDE} ${height}">${box(0, 0, WIDE, height, '#ffffff')}${parts.join('')}</svg>`;
