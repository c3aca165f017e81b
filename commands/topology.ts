import { topologyCard } from '../blocks/topology.ts';
import type { TopologyView } from '../src/domain/views.ts';
import { type Answer, type Command, publicly } from './types.ts';

export const topology: Command = {
  name: 'topology',
  aliases: ['map', 'graph', '拓扑', '拓扑图', '地图'],
  usage: '[incident, resource or service]',
  async run(ask, { verbs }) {
    const view = await verbs.topology(ask.text === '' ? (ask.about ?? '') : ask.text);
    return mapAnswer(view, publicly(topologyCard(view, ask.forAll)), ask.forAll.locale);
  },
};

/** The card with the picture of the same. */
export const mapAnswer = (view: TopologyView, answer: Answer, locale: 'en' | 'zh'): Answer => ({ ...answer, picture: { kind: 'topology', locale, ...view } });
