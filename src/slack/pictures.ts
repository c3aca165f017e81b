import { setTimeout as sleep } from 'node:timers/promises';
import type { WhyPictures } from '../../blocks/analysis.ts';
import type { Incident } from '../domain/incident.ts';
import type { Repositories } from '../domain/store.ts';
import type { NotifierParts } from './notifier.ts';

const TRIES_MAX = 3;
const SETTLED_MS = 15 * 60_000;

/** A new picture tells something new when trouble is found, when it has gone on for a while, and when it is over. */
function phaseOf(incident: Incident, nowMs: number): string {
  if (incident.state === 'resolved' || incident.state === 'unresolved') return 'over';
  return nowMs - incident.openedAtMs < SETTLED_MS ? 'live' : 'lasting';
}

interface Shown extends WhyPictures {
  readonly fileId: string | null;
  readonly phase: string;
  readonly storyPhase: string;
}
const NONE: Shown = { fileId: null, phase: '', storyPhase: '', timeline: null, topology: null };

async function read(store: Repositories, incidentId: string): Promise<Shown> {
  const text = await store.settings.get(`picture:${incidentId}`);
  return text === null ? NONE : { ...NONE, ...(JSON.parse(text) as Partial<Shown>) };
}

/** The pictures of the "Why?" window that Slack has already. */
export const whyPicturesOf = (store: Repositories, incidentId: string): Promise<WhyPictures> => read(store, incidentId);

/** The pictures of an incident: a few uploads in its life. Without them the card still stands. */
export function createPictures(parts: NotifierParts) {
  const { store, clock, log, poster } = parts;
  const keep = (incidentId: string, shown: Shown): Promise<boolean> => store.settings.set(`picture:${incidentId}`, JSON.stringify(shown), clock.now());

  /** Timeline and map, once the cause was looked for. Nobody waits for them: the window shows what is there. */
  const story = async (incident: Incident, phase: string): Promise<void> => {
    const shown = await read(store, incident.id);
    if (incident.analysis === null || parts.story === undefined || shown.storyPhase === phase) return;
    const { timeline, topology } = await parts.story(incident.id);
    const upload = async (png: Uint8Array | null, name: string): Promise<string | null> =>
      png === null ? null : await poster.uploadPicture(png, `${incident.id}-${name}.png`, `${name} of ${incident.id}`);
    await keep(incident.id, {
      ...(await read(store, incident.id)),
      storyPhase: phase,
      timeline: (await upload(timeline, 'timeline')) ?? shown.timeline,
      topology: (await upload(topology, 'topology')) ?? shown.topology,
    });
  };
  return {
    /** The file the card shows now. */
    known: async (incidentId: string): Promise<string | null> => (await read(store, incidentId)).fileId,

    /** Draws and uploads when the phase changed, then calls `show`. Whatever fails is logged and leaves the card as it is. */
    async renew(incidentId: string, show: (fileId: string) => Promise<void>): Promise<void> {
      const incident = await store.incidents.get(incidentId);
      if (incident === null) return;
      const phase = phaseOf(incident, clock.now());
      try {
        if ((await read(store, incidentId)).phase !== phase) {
          const png = await parts.chart(incidentId);
          const fileId = png === null ? null : await poster.uploadPicture(png, `${incidentId}.png`, incident.title);
          if (fileId !== null) {
            await persistently(() => show(fileId), parts.pictureRetryMs);
            await keep(incidentId, { ...(await read(store, incidentId)), fileId, phase });
          }
        }
        await story(incident, phase);
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
