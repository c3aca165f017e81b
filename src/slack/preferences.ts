import type { Locale } from '../../blocks/card.ts';
import { NO_PREFERENCES, type Preferences } from '../domain/quiet.ts';
import type { Repositories } from '../domain/store.ts';

const DM_LIST = 'pref-dm';
const PEOPLE_MAX = 500;

export async function preferencesOf(store: Repositories, userId: string): Promise<Preferences> {
  const text = await store.settings.get(`pref:${userId}`);
  return text === null ? NO_PREFERENCES : (JSON.parse(text) as Preferences);
}

export async function keepPreferences(store: Repositories, userId: string, preferences: Preferences, nowMs: number): Promise<void> {
  await store.settings.set(`pref:${userId}`, JSON.stringify(preferences), nowMs);
  const others = (await peopleWhoWantDms(store)).filter((id) => id !== userId);
  await store.settings.set(DM_LIST, JSON.stringify((preferences.dm ? [...others, userId] : others).slice(-PEOPLE_MAX)), nowMs);
}

/** Who asked to be written to when an approval waits for them. */
export async function peopleWhoWantDms(store: Repositories): Promise<readonly string[]> {
  const text = await store.settings.get(DM_LIST);
  return text === null ? [] : (JSON.parse(text) as string[]);
}

/** A person's language: what they chose, else what Slack says of them. */
export async function languageOf(store: Repositories, userId: string, inSlack: () => Promise<Locale>): Promise<Locale> {
  const { locale } = await preferencesOf(store, userId);
  return locale === 'auto' ? await inSlack() : locale;
}
