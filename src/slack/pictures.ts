import { setTimeout as sleep } from 'node:timers/promises';
import type { WhyPictures } from '../../blocks/analysis.ts';
import type { Locale } from '../../blocks/card.ts';
import { localised } from '../../blocks/locales/say.ts';
import { words } from '../../commands/words.ts';
import type { Incident } from '../domain/incident.ts';
import type { Repositories } from '../domain/store.ts';
import { logFailure } from './client.ts';
import type { NotifierParts } from './notifier.ts';

const TRIES_MAX = 3;
const SETTLED_MS = 15 * 60_000;

/** A new picture tells something new when trouble is found, when it has gone on for a while, and when it is over. */
function phaseOf(incident: Incident, nowMs: number): string {
  if (incident.state === 'resolved' || incident.state === 'unresolved') return 'over';
  return nowMs - incident.openedAtMs < SETTLED_MS ? 'live' : 'lasting';
}

interface Story extends WhyPictures {
  readonly phase: string;
}
/** The chart is in the language of its channel; timeline and map are drawn once for each language they are read in. */
interface Shown {
  readonly fileId: string | null;
  readonly phase: string;
  readonly stories: Partial<Record<Locale, Story>>;
}
const NONE: Shown = { fileId: null, phase: '', stories: {} };
const NO_STORY: Story = { phase: '', timeline: null, topology: null };

async function read(store: Repositories, incidentId: string): Promise<Shown> {
  const text = await store.settings.get(`picture:${incidentId}`);
  return text === null ? NONE : { ...NONE, ...(JSON.parse(text) as Partial<Shown>) };
}

/** The pictures of the "Why?" window that Slack has already: in the reader's language where there are such, else in another. */
export async function whyPicturesOf(store: Repositories, incidentId: string, locale: Locale): Promise<WhyPictures> {
  const { stories } = await read(store, incidentId);
  return stories[locale] ?? stories.en ?? stories.zh ?? NO_STORY;
}

/** The pictures of an incident: a few uploads in its life. Without them the card still stands. */
export function createPictures(parts: NotifierParts) {
  const { store, clock, log, poster } = parts;
  const keep = (incidentId: string, shown: Shown): Promise<boolean> => store.settings.set(`picture:${incidentId}`, JSON.stringify(shown), clock.now());

  /** Timeline and map in a language, once the cause was looked for; null: they are there as they should be. */
  const drawn = async (incident: Incident, phase: string, locale: Locale): Promise<WhyPictures | null> => {
    const before = (await read(store, incident.id)).stories[locale] ?? NO_STORY;
    if (incident.analysis === null || parts.story === undefined || before.phase === phase) return null;
    const { timeline, topology } = await parts.story(incident.id, locale);
    const say = words(locale);
    const upload = async (png: Uint8Array | null, name: string, alt: string): Promise<string | null> =>
      png === null ? null : await poster.uploadPicture(png, `${incident.id}-${name}.png`, alt);
    const story: Story = {
      phase,
      timeline: (await upload(timeline, 'timeline', say.timelineOf(incident.id))) ?? before.timeline,
      topology: (await upload(topology, 'topology', say.mapOf(incident.id))) ?? before.topology,
    };
    const now = await read(store, incident.id);
    await keep(incident.id, { ...now, stories: { ...now.stories, [locale]: story } });
    return story;
  };
  return {
    /** The file the card shows now. */
    known: async (incidentId: string): Promise<string | null> => (await read(store, incidentId)).fileId,

    /** Timeline and map for a reader of this language; null: Slack has them already, or there are none. */
    async story(incidentId: string, locale: Locale): Promise<WhyPictures | null> {
      const incident = await store.incidents.get(incidentId);
      return incident === null || !poster.takesFiles() ? null : await drawn(incident, phaseOf(incident, clock.now()), locale);
    },

    /** Draws and uploads when the phase changed, then calls `show`. Whatever fails is logged and leaves the card as it is. */
    async renew(incidentId: string, locale: Locale, show: (fileId: string) => Promise<void>): Promise<void> {
      const incident = await store.incidents.get(incidentId);
      if (incident === null || !poster.takesFiles()) return;
      const phase = phaseOf(incident, clock.now());
      try {
        if ((await read(store, incidentId)).phase !== phase) {
          const png = await parts.chart(incidentId, locale);
          const fileId = png === null ? null : await poster.uploadPicture(png, `${incidentId}.png`, localised(incident.title, locale));
          if (fileId !== null) {
            await persistently(() => show(fileId), parts.pictureRetryMs);
            await keep(incidentId, { ...(await read(store, incidentId)), fileId, phase });
          }
        }
        await drawn(incident, phase, locale);
      } catch (error) {
        logFailure(log, error, { incidentId }, 'the card goes without a picture');
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
