import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/action/catalogue/index.ts';
import { system } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import type { LogSource } from '../../../src/domain/ports.ts';
import type { LogLine } from '../../../src/domain/signals.ts';
import type { Store } from '../../../src/domain/store.ts';
import { gather, type Question, questionOf } from '../../../src/loop/analysis/gather.ts';
import { mergeLines, searchLogs } from '../../../src/loop/analysis/logs.ts';
import { runAskedAnalysis } from '../../../src/loop/analysis/run.ts';
import type { Ops } from '../../../src/loop/ops.ts';
import { ManualClock } from '../../../src/sandbox/clock.ts';
import { openStore } from '../../../src/store/open.ts';
import { incident, MINUTE, plan, resource, T0 } from '../../support/make.ts';

const line = (id: string, minute: number, message = 'out of memory'): LogLine => ({
  ...{ id, timestampMs: T0 + minute * MINUTE, group: '/ecs/checkout', resourceId: 'ecs/checkout', level: 'error', message },
});
const source = (name: string, search: LogSource['search']): LogSource => ({
  ...{ name, search },
  read: async () => ({ items: [], completeUntilMs: T0, gaps: [] }),
});
const answering = (name: string, items: readonly LogLine[], gaps: readonly string[] = []): LogSource =>
  source(name, async () => ({ items, completeUntilMs: T0, gaps }));
const deaf = source('deaf', () => new Promise(() => undefined));
const broken = source('broken', async () => {
  throw new OpsError('unavailable', 'logs:StartQuery is throttled.');
});
const QUERY = { resourceIds: ['ecs/checkout'], window: { fromMs: T0, toMs: T0 + 10 * MINUTE } };

describe('a search through the logs', () => {
  it('gives what the sources that answer have; the slow and the broken become gaps within the time', async () => {
    const before = performance.now();
    const signal = new AbortController().signal;
    const found = await searchLogs([answering('good', [line('a', 1)], ['only the newest 1 lines were read']), deaf, broken], QUERY, { timeoutMs: 60, signal });
    expect(performance.now() - before).toBeLessThan(2000);
    expect(found.lines.map((one) => one.id)).toEqual(['a']);
    expect(found.gaps.map((gap) => gap.reason.text)).toEqual([
      'The logs of good could not be searched to the end: only the newest 1 lines were read',
      'The logs of deaf could not be searched to the end: no answer within 0.1 s',
      'The logs of broken could not be searched to the end: logs:StartQuery is throttled.',
    ]);
  });

  it('ends at once when it is stopped', async () => {
    const stop = new AbortController();
    const search = searchLogs([deaf], QUERY, { timeoutMs: 60_000, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(search).rejects.toThrow('enough');
  });

  it('counts a line once that was collected too', () => {
    const merged = mergeLines([line('collected', 1)], [line('@ptr-1', 1), line('@ptr-2', 2), line('@ptr-2', 2)]);
    expect(merged.map((one) => one.id)).toEqual(['collected', '@ptr-2']);
  });
});

describe('an analysis somebody asked for', () => {
  let dir = '';
  let store: Store;
  const clock = new ManualClock(T0 + 10 * MINUTE);
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'opsloop-asked-'));
    store = await openStore(join(dir, 'a.db'), { clock });
    await store.signals.saveTopology({ resources: [resource('ecs/checkout'), resource('ecs/web')], dependencies: [] });
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const opsWith = (...logSources: readonly LogSource[]): Ops =>
    ({
      ...{ store, clock, logSources, catalogue: CATALOGUE, narrator: null },
      collector: { status: () => [] },
      knowledge: { get: async () => null },
    }) as unknown as Ops;
  const question: Question = { incident: null, subject: { resourceIds: ['ecs/checkout'], startedAtMs: T0, nowMs: T0 + 10 * MINUTE }, matches: [] };

  it('reports each dimension as it is done, in order', async () => {
    const done: string[] = [];
    await runAskedAnalysis(opsWith(), question, { progress: (dimension) => void done.push(dimension) });
    expect(done).toEqual(['time', 'resource', 'change', 'history']);
  });

  it('says what a slow source did not give, and comes in time', async () => {
    const analysis = await runAskedAnalysis(opsWith(deaf, answering('good', [line('a', 1)])), question, {}, 50);
    expect(analysis.gaps.map((gap) => gap.reason.text)).toContain('The logs of deaf could not be searched to the end: no answer within 0.1 s');
  });

  it('can be stopped while sources are silent', async () => {
    const stop = new AbortController();
    const running = runAskedAnalysis(opsWith(deaf), question, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: 'expired', message: 'The analysis was stopped before it was done.' });
  });

  it('knows what was tried in the very incident', async () => {
    const draft = incident({ state: 'open' });
    const { id } = await store.transaction((tx) => tx.incidents.open({ ...draft, anomalyIds: [] }, system('test')));
    const { id: _id, state: _state, approvals: _approvals, ...tried } = plan({ incidentId: id });
    const created = await store.plans.create(tried, system('test'));
    await store.plans.move(created.id, {
      ...{ from: ['proposed'] as const, to: 'failed' as const, patch: {}, actor: system('test'), verb: 'plan.failed', atMs: T0 },
    });
    const current = await store.incidents.get(id);
    if (current === null) throw new Error('no incident');
    const context = await gather(opsWith(), questionOf(current, T0 + 10 * MINUTE));
    expect(context.pastIncidents.map((past) => [past.incident.id, past.plans.map((one) => one.state)])).toEqual([[id, ['failed']]]);
  });
});
