export const WIDTH = 1200;
export const HEIGHT = 520;
/** The plot area in pixels; markers' labels sit between the legend and the plot, which is higher without them. */
export const PLOT = { left: 96, right: 1164, top: 150, topBare: 104, bottom: 462 } as const;
export const LABEL_ROWS = 3;
export const LABEL_ROW_HEIGHT = 19;
const FONT_SIZE = 13;
const GAP = 10;

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** About how wide a text is, in pixels: full-width signs take a whole em, others a bit over half of it. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const sign of text) ems += WIDE.test(sign) ? 1 : /[A-Z@%mwMW]/.test(sign) ? 0.78 : 0.6;
  return ems * fontSize;
}

/** The text cut with `…` so that it is at most so many pixels wide. */
export function fitted(text: string, maxWidth: number, fontSize: number): string {
  const line = text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  if (textWidth(line, fontSize) <= maxWidth) return line;
  let out = '';
  let width = fontSize; // of the dots
  for (const sign of line) {
    width += textWidth(sign, fontSize);
    if (width > maxWidth) break;
    out += sign;
  }
  return `${out.trimEnd()}…`;
}

export interface PlacedLabel {
  readonly text: string;
  readonly x: number; // of the marker
  readonly left: number; // where the text starts
  readonly row: number; // 0 is next to the plot
}

/** Puts each marker's label in the first row where it overlaps no other; those that fit nowhere stay lines without words. */
export function placeLabels(markers: readonly { readonly x: number; readonly label: string }[]): { labels: PlacedLabel[]; unnamed: number } {
  const taken: (readonly [number, number])[][] = Array.from({ length: LABEL_ROWS }, () => []);
  const labels: PlacedLabel[] = [];
  for (const { x, label } of markers.toSorted((a, b) => a.x - b.x)) {
    const text = fitted(label, 260, FONT_SIZE);
    const width = textWidth(text, FONT_SIZE);
    const left = Math.max(PLOT.left, Math.min(x - 4, PLOT.right - width));
    const row = taken.findIndex((spans) => spans.every(([from, to]) => left > to + GAP || left + width < from - GAP));
    if (row < 0) continue;
    taken[row]?.push([left, left + width]);
    labels.push({ text, x, left, row });
  }
  return { labels, unnamed: markers.length - labels.length };
}
export const LABEL_FONT_SIZE = FONT_SIZE;
