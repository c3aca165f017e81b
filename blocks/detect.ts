import type { KnownBlock } from '@slack/types';
import type { Incident } from '../src/domain/incident.ts';
import type { DetectReport } from '../src/domain/requests.ts';
import { type Card, type CardOptions, code, date, type Locale, safe, severity } from './card.ts';
import { incidentState, signalWords } from './incident-words.ts';
import { localised, say } from './locales/say.ts';
import { context, list, section } from './parts.ts';

/** What a detection run saw: what is out of line now, and which incidents it opened or updated. */
export function detectCard(report: DetectReport, options: CardOptions): Card {
  const words = say(options.locale);
  const { anomalies, incidents, collected } = report;
  const summary = anomalies.length === 0 ? `✅ ${words('detect.calm')}` : `🚨 ${words('detect.found', { n: anomalies.length, m: incidents.length })}`;
  const worst = anomalies.toSorted((a, b) => b.severity - a.severity).slice(0, 8);
  const blocks: KnownBlock[] = [
    section(summary),
    ...list(
      words('detect.signals'),
      worst.map((one) => `${severity(one.severity, options.locale)} ${code(one.resourceId)} ${signalWords(one, options.locale)} · ${date(one.startedAtMs)}`),
      moreLine(anomalies.length - worst.length, options.locale),
    ),
    ...list(
      words('detect.incidents'),
      incidents.slice(0, 8).map((one) => incidentLine(one, options.locale)),
      moreLine(incidents.length - 8, options.locale),
    ),
    ...context([
      words('detect.collected', { points: collected.points, logs: collected.logLines, changes: collected.changes, alarms: collected.alarms }),
      ...collected.gaps.slice(0, 4).map((gap) => `⚠️ ${safe(localised(gap, options.locale), 200)}`),
    ]),
  ];
  return { text: summary, blocks };
}

/** "*INC-12* Checkout is slow · 🚨 *Open* · 🔴 critical". */
export function incidentLine(incident: Incident, locale: Locale): string {
  return `*${safe(incident.id, 20)}* ${safe(localised(incident.title, locale), 120)} · ${incidentState(incident.state, locale)} · ${severity(incident.severity, locale)}`;
}
export const moreLine = (n: number, locale: Locale): string | null => (n > 0 ? say(locale)('list.more', { n }) : null);
