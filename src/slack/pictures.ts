import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentState } from '../domain/incident.ts';
import type { NotifierParts } from './notifier.ts';

const TRIES_MAX = 3;

/** States in which a new picture tells something new: how it looks when it is found, and when it is over. */
const PHASE: Record<IncidentState, 'live' | 'over'> = {
  open: 'live',
  analysed: 'live',
  planned: 'live',
  acting: 'live',
  verifying: 'live',
  silenced: 'live',
  resolved: 'over',
  unresolved: 'over',
};

interface Shown {
  readonly fileId: string;
  readonly phase: string;
}

/** The picture of an incident's metric: at most two uploads an incident. Without it the card still stands. */
export function createPictures(parts: NotifierParts) {
  const { store, clock, log } = parts;
  const read = async (incidentId: string): Promise<Shown | null> => {
    const text = await store.settings.get(`picture:${incidentId}`);
    return text === null ? null : (JSON.parse(text) as Shown);
  };
  return {
    /** The file the card shows now. */
    known: async (incidentId: string): Promise<string | null> => (await read(incidentId))?.fileId ?? null,

    /** Draws and uploads when the phase changed, then calls `show`. Whatever fails is logged and leaves the card as it is. */
    async renew(incidentId: string, show: (fileId: string) => Promise<void>): Promise<void> {
      const incident = await store.incidents.get(incidentId);
      if (incident === null || (await read(incidentId))?.phase === PHASE[incident.state]) return;
      try {
        const png = await parts.chart(incidentId);
        const fileId = png === null ? null : await parts.poster.uploadPicture(png, `${incidentId}.png`, incident.title);
        if (fileId === null) return;
        await persistently(() => show(fileId), parts.pictureRetryMs);
        const shown: Shown = { fileId, phase: PHASE[incident.state] };
        await store.settings.set(`picture:${incidentId}`, JSON.stringify(shown), clock.now());
      } catch (error) {
        log.warn({ incidentId, error: String(error) }, 'the card goes without a picture');
      }
    },
  };
}

async function persistently(work: () => Promise<void>, waitMs: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES_MAX) throw error;
      await sleep(waitMs);
    }
  }
}
