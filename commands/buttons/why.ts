import { whyModal } from '../../blocks/analysis.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Button } from '../types.ts';
import { words } from '../words.ts';

/** The evidence as it was found: read, not looked for again, because a window must open within three seconds. */
export const whyButton: Button = {
  verbs: ['why'],
  async press(click, { verbs, pictures }) {
    const { incident } = await verbs.incident(click.subject);
    const say = words(click.forMe.locale);
    if (incident.analysis === null) throw new OpsError('not_found', say.notAnalysed(incident.id), say.noRunbookHint(incident.id));
    const report = { incident, title: incident.title, analysis: incident.analysis };
    const { locale } = click.forMe;
    return {
      modal: whyModal(report, click.forMe, await pictures.known(incident.id, locale)),
      later: async () => {
        const drawn = await pictures.draw(incident.id, locale); // the channel may read another language
        return drawn === null ? null : whyModal(report, click.forMe, drawn);
      },
    };
  },
};
