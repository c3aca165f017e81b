import { replayCard } from '../../blocks/replay.ts';
import type { Config } from '../config.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { Log } from '../domain/log.ts';
import { SlackClient } from './client.ts';
import { createPace } from './pace.ts';
import { createPoster } from './poster.ts';
import { requiredSettings } from './settings.ts';

const MOST_CARDS = 50;

/** Sends each alert of a replayed recording to the channel as a card with its picture; returns how many were sent. */
export async function postRecording(slack: Config['slack'], log: Log, file: string, anomalies: readonly Anomaly[], png: Uint8Array): Promise<number> {
  const settings = requiredSettings(slack);
  const poster = createPoster(new SlackClient(settings.botToken, slack.api_url, log), createPace(), log);
  const chartFileId = anomalies.length === 0 ? null : await poster.uploadPicture(png, 'replay.png', file);
  const sent = anomalies.slice(0, MOST_CARDS);
  for (const anomaly of sent) {
    const card = replayCard(file, anomaly, { locale: slack.locale, nowMs: anomaly.lastSeenAtMs, chartFileId });
    await poster.post({ channel: settings.channel, threadTs: null }, card, { subject: `replay:${file}`, notice: anomaly.id });
  }
  return sent.length;
}
