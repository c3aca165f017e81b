import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { preferredWait } from '../../src/http/job-routes.ts';
import { Api } from './api.ts';

const idOf = (body: unknown): string => (body as { id: string }).id;

/** The events of a stream, in order. */
const events = (text: string) =>
  text
    .trim()
    .split('\n\n')
    .map((one) => ({ name: /^event: (.*)$/m.exec(one)?.[1], data: JSON.parse(/^data: (.*)$/m.exec(one)?.[1] ?? 'null') as Record<string, unknown> }));

describe('long runs', () => {
  it('answer at once with a job, and give the result when asked later', async () => {
    const api = await Api.open();
    const release = api.verbs.holdNext('collect');
    const started = await api.post('/api/agents/collect/run');
    expect(started).toMatchObject({ status: 202, body: { kind: 'collect', state: 'running', result: null }, headers: { 'retry-after': '1' } });
    const place = String(started.headers['location']);
    expect((await api.get(place)).body).toMatchObject({ state: 'running' });
    release();
    await sleep(5);
    expect((await api.get(place)).body).toMatchObject({ id: idOf(started.body), state: 'done', result: { points: 0, gaps: [] } });
  });

  it('wait when asked to, as long as asked', async () => {
    const api = await Api.open();
    const done = await api.post('/api/agents/collect/run', undefined, { headers: { prefer: 'respond-async, wait=10' } });
    expect(done).toMatchObject({ status: 200, body: { points: 0 }, headers: { 'preference-applied': 'wait=10' } });
    const release = api.verbs.holdNext('detect');
    expect(await api.post('/api/agents/detect/run', {}, { headers: { prefer: 'wait=1' } })).toMatchObject({ status: 202, body: { state: 'running' } });
    release();
  });

  it('say what went wrong, waited for or not', async () => {
    const api = await Api.open();
    api.verbs.failNext('analyse', new OpsError('not_found', 'There is no incident INC-7.'));
    expect(await api.post('/api/agents/rca/analyze', { subject: 'INC-7' }, { headers: { prefer: 'wait=5' } })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    api.verbs.failNext('analyse', new Error('boom'));
    const started = await api.post('/api/agents/rca/analyze', { subject: 'cpu' });
    await sleep(5);
    expect((await api.get(String(started.headers['location']))).body).toMatchObject({
      state: 'failed',
      problem: { status: 500, code: 'internal', title: expect.not.stringContaining('boom') },
    });
  });

  it('are joined when the same caller asks again, and bounded in number', async () => {
    const api = await Api.open();
    const release = api.verbs.holdNext('analyse');
    const first = await api.post('/api/agents/rca/analyze', { subject: 's0' });
    expect(idOf((await api.post('/api/agents/rca/analyze', { subject: 's0' })).body)).toBe(idOf(first.body));
    for (let n = 1; n < 10; n += 1) expect((await api.post('/api/agents/rca/analyze', { subject: `s${n}` })).status).toBe(202);
    expect(await api.post('/api/agents/rca/analyze', { subject: 's10' })).toMatchObject({ status: 429, body: { code: 'limited' } });
    release();
    expect(api.verbs.calls.filter((call) => call.verb === 'analyse')).toHaveLength(10);
  });

  it('stream their progress as server-sent events that end with the result', async () => {
    const api = await Api.open();
    const release = api.verbs.holdNext('detect');
    const started = await api.post('/api/agents/detect/run');
    const stream = api.get(`/api/jobs/${idOf(started.body)}/events`);
    await sleep(20);
    release();
    const answer = await stream;
    expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'x-content-type-options': 'nosniff' });
    const seen = events(answer.text);
    expect(seen[0]).toMatchObject({ name: 'progress', data: { state: 'running', sources: 1, sourcesRead: 1 } });
    expect(seen.at(-1)).toMatchObject({ name: 'done', data: { state: 'done', result: { incidents: [] } } });
    expect(await api.get('/api/jobs/none/events')).toMatchObject({ status: 404 });
  });

  it('let the server close at once, whoever waits or listens', async () => {
    const api = await Api.open();
    const release = api.verbs.holdNext('collect');
    const waiting = api.post('/api/agents/collect/run', undefined, { headers: { prefer: 'wait=60' } });
    await sleep(20);
    const started = performance.now();
    await api.app.close();
    expect(await waiting).toMatchObject({ status: 202, body: { state: 'running' } });
    expect(performance.now() - started).toBeLessThan(2000);
    release();
  });

  it.each([
    ['wait=10', 10],
    ['respond-async; wait = 5', 5],
    ['handling=strict,wait=999', 60],
    ['wait=abc', 0],
    ['await=9', 0],
    [undefined, 0],
  ])('read Prefer: %s as %i s', (header, seconds) => expect(preferredWait(header)).toBe(seconds));
});
