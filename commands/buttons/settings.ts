import { type Button, privately } from '../types.ts';
import { sentence, words } from '../words.ts';

/** What a person wants of opsloop: their language, and whether it may write to them. */
export const settingsButton: Button = {
  verbs: ['set_language', 'set_dm'],
  async press(click, { preferences }) {
    const now = await preferences.get(click.userId);
    if (click.verb === 'set_dm') {
      const dm = click.subject === 'on';
      await preferences.set(click.userId, { ...now, dm });
      return privately(sentence(words(click.forMe.locale).dmSet(dm)));
    }
    const locale = click.subject === 'en' || click.subject === 'zh' ? click.subject : 'auto';
    await preferences.set(click.userId, { ...now, locale });
    return privately(sentence(words(locale === 'auto' ? click.forMe.locale : locale).languageSet));
  },
};
