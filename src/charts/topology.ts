import type { TopologySpec } from '../domain/chart.ts';
import { COLOURS } from './annotations.ts';
import { box, line, page, WIDE, words } from './svg.ts';
import { chartWord } from './words.ts';

type Node = TopologySpec['nodes'][number];
const TOP = 96;
const ROW = 84;
const BOX_HEIGHT = 56;
const FILL: Record<Node['state'], string> = { cause: '#fbe3e3', sick: '#fff4dc', well: '#f3f5f7' };
const STROKE: Record<Node['state'], string> = { cause: COLOURS.anomaly, sick: '#c77d0a', well: '#9aa5b1' };

interface Placed extends Node {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Callers on the left, what they depend on to the right; what is sick says so in words. */
export function topologySvg(spec: TopologySpec): string {
  const layers = [...new Set(spec.nodes.map((node) => node.layer))].sort((a, b) => a - b);
  const column = (WIDE - 72) / Math.max(1, layers.length);
  const rows = Math.max(1, ...layers.map((layer) => spec.nodes.filter((node) => node.layer === layer).length));
  const placed = layers.flatMap((layer, index) => {
    const nodes = spec.nodes.filter((node) => node.layer === layer);
    const width = Math.min(250, column - 48);
    const start = TOP + ((rows - nodes.length) * ROW) / 2;
    return nodes.map((node, at): Placed => ({ ...node, x: 36 + index * column, y: start + at * ROW, width }));
  });
  const at = new Map(placed.map((node) => [node.id, node]));
  const links = spec.edges.flatMap(({ from, to }) => {
    const [a, b] = [at.get(from), at.get(to)];
    return a === undefined || b === undefined ? [] : [arrow(a, b)];
  });
  const boxes = placed.map((node) =>
    [
      box(node.x, node.y, node.width, BOX_HEIGHT, FILL[node.state], STROKE[node.state], 8),
      words(node.id, node.x + 12, node.y + 24, { size: 15, bold: node.state !== 'well', max: node.width - 20 }),
      words(chartWord(spec.locale, node.state), node.x + 12, node.y + 45, {
        size: 13,
        colour: node.state === 'well' ? COLOURS.soft : COLOURS.ink,
        max: node.width - 20,
      }),
    ].join(''),
  );
  const more =
    spec.left === 0 ? '' : words(chartWord(spec.locale, 'moreNodes', { n: spec.left }), WIDE - 36, 70, { size: 15, colour: COLOURS.soft, anchor: 'end' });
  return page(TOP + rows * ROW + 16, [
    words(chartWord(spec.locale, 'around', { title: spec.title }), 36, 42, { size: 20, bold: true, max: WIDE - 72 }),
    more,
    ...links,
    ...boxes,
  ]);
}

function arrow(from: Placed, to: Placed): string {
  const forward = to.x > from.x;
  const [x1, y1] = [forward ? from.x + from.width : from.x + from.width / 2, from.y + BOX_HEIGHT / 2];
  const [x2, y2] = [forward ? to.x : to.x + to.width / 2, to.y + BOX_HEIGHT / 2];
  const colour = from.state !== 'well' && to.state !== 'well' ? COLOURS.anomaly : '#9aa5b1';
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const wing = (turn: number): string => `${x2 - 11 * Math.cos(angle + turn)} ${y2 - 11 * Math.sin(angle + turn)}`;
  return `${line(x1, y1, x2, y2, colour, 2)}${forward ? `<path d="M${x2} ${y2}L${wing(0.4)}L${wing(-0.4)}z" fill="${colour}"/>` : ''}`;
}
