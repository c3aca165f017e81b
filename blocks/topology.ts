import type { TopologyView } from '../src/domain/views.ts';
import { type Card, type CardOptions, code, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, header, section } from './parts.ts';

/** What is around something, in words; the picture is added where it can be drawn. */
export function topologyCard(view: TopologyView, options: CardOptions): Card {
  const words = say(options.locale);
  const title = words('topology.title', { name: safe(view.title, 60) });
  const sick = view.nodes.filter((node) => node.state !== 'well').slice(0, 12);
  const cause = view.nodes.find((node) => node.state === 'cause');
  const lines = [
    cause === undefined ? '' : words('topology.cause', { target: code(cause.id) }),
    sick.length === 0 ? words('topology.well', { n: view.nodes.length }) : words('topology.sick', { list: sick.map((node) => code(node.id)).join(', ') }),
  ];
  return {
    text: title,
    blocks: [
      header(`🗺️ ${words('topology.title', { name: view.title })}`),
      section(lines.filter((line) => line !== '').join('\n')),
      ...context([
        words('topology.counts', { nodes: view.nodes.length, edges: view.edges.length }),
        view.left === 0 ? '' : words('list.more', { n: view.left }),
      ]),
    ],
  };
}
