import { afterEach, expect, test } from 'vitest';
import type { Analysis } from '../../src/domain/rca.ts';
import type { SlackEdgeParts } from '../../src/slack/app.ts';
import { anIncident } from '../support/verbs.ts';
import { ANA, clock, type Desk, LIWEI, OPS, openDesk, PNG } from './edge.ts';

let desk: Desk;
afterEach(() => desk.stop());

const analysis: Analysis = {
  atMs: clock.now(),
  hypotheses: [],
  gaps: [],
  solutions: [],
  summary: { code: 'test', text: 'Nothing stands out.', params: {} },
};

/** A desk whose pictures say in which language they were asked for. */
async function pictureDesk(locale: 'en' | 'zh') {
  const charts: string[] = [];
  const stories: string[] = [];
  const chart: SlackEdgeParts['chart'] = async (_incident, language) => {
    charts.push(language);
    return PNG;
  };
  const story: SlackEdgeParts['story'] = async (_incident, language) => {
    stories.push(language);
    return { timeline: PNG, topology: null };
  };
  desk = await openDesk({ chart, story }, {}, { locales: { [OPS]: locale } });
  const incident = await anIncident(desk.store, clock.now());
  await desk.store.incidents.patch(incident.id, { analysis }, null, clock.now());
  await desk.store.outbox.add({ type: 'incident', incidentId: incident.id }, clock.now());
  await desk.edge.delivery.drain();
  const ref = await desk.store.messages.get(incident.id);
  if (ref === null) throw new Error('the card is not there');
  return { charts, stories, ref };
}

test('pictures on a card speak the language of the channel it is in', async () => {
  const { charts, stories } = await pictureDesk('zh');
  expect([charts, stories]).toEqual([['zh'], ['zh']]);
  expect(desk.slack.files().map((file) => file.altText)).toContain('INC-1 的经过');
});

test('a reader of another language gets the pictures of the window in their own, drawn once', async () => {
  const { stories, ref } = await pictureDesk('en');
  const images = () => JSON.stringify(desk.slack.openModal(LIWEI)?.blocks ?? []).match(/F[0-9A-Z]{6,}/g) ?? [];
  await desk.slack.as(ANA).click(ref, 'ops:why');
  await desk.slack.waitFor('the window', () => desk.slack.openModal(ANA));
  expect(stories).toEqual(['en']);

  await desk.slack.as(LIWEI).click(ref, 'ops:why');
  await desk.slack.waitFor('the window with new pictures', () => desk.slack.calls().some((call) => call.method === 'views.update' && call.outcome === 'ok'));
  expect(stories).toEqual(['en', 'zh']);
  const chinese = desk.slack.files().find((file) => file.altText === 'INC-1 的经过');
  expect(images()).toEqual([chinese?.id]);

  await desk.slack.as(LIWEI).closeModal();
  await desk.slack.as(LIWEI).click(ref, 'ops:why');
  await desk.slack.waitFor('the window again', () => images().length > 0);
  expect(images()).toEqual([chinese?.id]);
  expect(stories).toEqual(['en', 'zh']);
});
