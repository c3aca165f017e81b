import { detectCard } from '../../blocks/detect.ts';
import { silenceModal } from '../../blocks/modals.ts';
import { pausedCard, resumedCard } from '../../blocks/switches.ts';
import { topologyCard } from '../../blocks/topology.ts';
import { user } from '../../src/domain/actor.ts';
import { mapAnswer } from '../topology.ts';
import { type Button, type Click, type ClickAnswer, privately, type Tools } from '../types.ts';
import { words } from '../words.ts';

/** The quick actions of the Home tab; their answers go to the person's DM. */
export const quickButton: Button = { verbs: ['detect', 'silence', 'topology', 'pause', 'resume'], press };

async function press(click: Click, { verbs }: Tools): Promise<ClickAnswer> {
  const actor = user(click.userId);
  switch (click.verb) {
    case 'detect':
      return privately(detectCard(await verbs.detect(actor), click.forMe));
    case 'silence':
      return { modal: silenceModal(null, click.forMe) };
    case 'topology': {
      const view = await verbs.topology('');
      return mapAnswer(view, privately(topologyCard(view, click.forMe)), click.forMe.locale);
    }
    case 'pause':
      return privately(pausedCard(await verbs.pause('all', words(click.forAll.locale).reasonByButton, actor), click.forMe));
    default:
      return privately(resumedCard(await verbs.resume('all', actor), click.forMe));
  }
}
