import type { Anomaly } from '../src/domain/anomaly.ts';
import { type Card, type CardOptions, code, date, duration, safe, severity } from './card.ts';
import { signalWords } from './incident-words.ts';
import { say } from './locales/say.ts';
import { context, fields, picture, section } from './parts.ts';

/** One alert that detection would have sent over a recording. It has no buttons: there is nothing to act on. */
export function replayCard(file: string, anomaly: Anomaly, options: CardOptions): Card {
  const words = say(options.locale);
  const title = `⏪ ${words('replay.title', { file: safe(file, 120) })}`;
  const length = anomaly.endedAtMs === null ? words('replay.open') : duration(anomaly.endedAtMs - anomaly.startedAtMs, options.locale);
  return {
    text: `${title}: ${signalWords(anomaly, options.locale)}`,
    blocks: [
      section(`*${title}*\n${signalWords(anomaly, options.locale)}`),
      ...fields([
        [words('replay.since'), date(anomaly.startedAtMs)],
        [words('replay.lasted'), length],
        [words('replay.severity'), severity(anomaly.severity, options.locale)],
        [words('replay.method'), code(anomaly.method)],
      ]),
      ...picture(options.chartFileId, file),
      ...context([words('replay.note')]),
    ],
  };
}
