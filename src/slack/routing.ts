import { type Locale, SEVERITIES, type SeverityWord, severityWord } from '../../blocks/card.ts';
import type { Config, Route } from '../config.ts';
import type { Incident } from '../domain/incident.ts';

/** Where an incident is shown, and whom its card calls. */
export interface Destination {
  readonly channel: string;
  readonly mentions: readonly string[];
}
export interface Routing {
  readonly channel: string; // when no route names one
  readonly locale: Locale;
  readonly locales: Config['slack']['locales'];
  readonly routes: readonly Route[];
}

/** The first route that fits the service and the severity. Pure. */
export function destinationOf(incident: Pick<Incident, 'service' | 'severity'>, { channel, routes }: Routing): Destination {
  const rank = (word: SeverityWord): number => SEVERITIES.indexOf(word); // 0 is the gravest
  const own = rank(severityWord(incident.severity));
  const route = routes.find((one) => (one.service === undefined || one.service === incident.service) && own <= rank(one.min_severity));
  return { channel: route?.channel ?? channel, mentions: route?.mention ?? [] };
}

export const localeOfChannel = (channel: string, { locale, locales }: Pick<Routing, 'locale' | 'locales'>): Locale => locales[channel] ?? locale;
