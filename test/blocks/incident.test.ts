import { describe, expect, it } from 'vitest';
import { incidentCard } from '../../blocks/incident.ts';
import type { IncidentView } from '../../src/domain/views.ts';
import { allText, buttons, pictures } from './read.ts';
import { analysed, analysis, anomaly, approval, incident, NOW_MS, options, outcome, plan } from './samples.ts';

const view = (patch: Partial<IncidentView> = {}): IncidentView => ({ incident: incident(analysed), anomalies: [anomaly()], plans: [], ...patch });
const card = (patch: Partial<IncidentView> = {}, more = {}) => incidentCard(view(patch), { ...options(), ...more });

describe('the card of an incident', () => {
  it('says what, where, since when, how bad, why and what next', () => {
    const text = allText(card());
    for (const part of [
      'INC-12 · Checkout runs out of database connections',
      '`rds/checkout-db` and 2 more · checkout (prod)',
      `<!date^${(NOW_MS - 660_000) / 1000}^`,
      '(11 min)',
      'critical',
      'DatabaseConnections is *498* (normally 110 – 180)',
      'keeps database connections open · very likely (84\u00a0%)',
      'Database connection exhaustion `PAT-004` 91\u00a0%',
      '*Roll back the last deploy* on `ecs/checkout` · high risk, needs one approval',
    ])
      expect(text).toContain(part);
  });

  it('links similar patterns when there is a place to read them', () => {
    expect(allText(card({}, { linkBase: 'https://ops.example/' }))).toContain('<https://ops.example/patterns/PAT-004|Database connection exhaustion>');
  });

  it('shows the picture only once Slack has it, with words for those who cannot see it', () => {
    expect(pictures(card())).toEqual([]);
    const [picture] = pictures(card({}, { chartFileId: 'F123' }));
    expect(picture).toMatchObject({
      slack_file: { id: 'F123' },
      alt_text: 'Metric of Checkout runs out of database connections: DatabaseConnections is 498 (normally 110 – 180)',
    });
  });

  it.each([
    ['open', { incident: incident() }, ['analyse', 'ack', 'feedback_good', 'feedback_bad'], 'analyse'],
    ['analysed', {}, ['fix', 'why', 'ack', 'runbook', 'feedback_good', 'feedback_bad'], 'fix'],
    ['waiting for approval', { plans: [plan()] }, ['approve', 'reject', 'why', 'ack', 'runbook', 'feedback_good', 'feedback_bad'], 'approve'],
    ['counting down', { plans: [plan({ state: 'notified' })] }, ['cancel', 'why', 'ack', 'runbook', 'feedback_good', 'feedback_bad'], 'cancel'],
    [
      'acting',
      { incident: incident({ ...analysed, state: 'acting', acknowledgedBy: 'U03BOB' }), plans: [plan({ state: 'running' })] },
      ['why', 'runbook', 'feedback_good', 'feedback_bad'],
      undefined,
    ],
    [
      'without a known fix',
      { incident: incident({ ...analysed, analysis: { ...analysis, solutions: [] }, runbookSlug: null }) },
      ['why', 'ack', 'feedback_good', 'feedback_bad'],
      'why',
    ],
  ] as const)('%s has its buttons and one main one', (_name, patch, verbs, main) => {
    const shown = buttons(card(patch as Partial<IncidentView>));
    expect(shown.map((button) => button.verb)).toEqual(verbs);
    expect(shown.find((button) => button.style !== undefined)?.verb).toBe(main);
  });

  it('offers what has not been tried yet', () => {
    const tried = plan({ state: 'rolled_back', executedAtMs: NOW_MS });
    const text = allText(card({ incident: incident({ ...analysed, state: 'unresolved' }), plans: [tried] }));
    expect(text).toContain('A person is needed');
    expect(text).toContain('*Raise the connection limit* on `rds/checkout-db`');
    expect(text).toContain('Fix: Raise the connection limit');
  });

  it('shows the countdown of its plan as a moment, to the second', () => {
    expect(allText(card({ plans: [plan({ state: 'notified', runAtMs: NOW_MS + 90_000 })] }))).toContain(`Runs at <!date^${NOW_MS / 1000 + 90}^{time_secs}|`);
  });

  it('names a failed stage without its inner error', () => {
    const text = allText(card({ incident: incident({ failedStage: { stage: 'analyse', error: 'ECONNREFUSED 10.0.0.1:443', attempts: 3 } }) }));
    expect(text).toContain('The search for the cause failed 3 times; it is tried again.');
    expect(text).not.toContain('ECONNREFUSED');
  });

  it('folds to a few lines with the times once it is resolved', () => {
    const resolved = incident({ ...analysed, state: 'resolved', resolution: 'fixed', resolvedAtMs: NOW_MS });
    const done = plan({ state: 'succeeded', approvals: [approval], outcome });
    const folded = card({ incident: resolved, plans: [done] });
    expect(folded.blocks.length).toBeLessThanOrEqual(3);
    expect(allText(folded)).toContain('Fixed by *Roll back the last deploy* on `ecs/checkout` · detected in 2 min · approved in 3 min · healed in 11 min');
  });

  it('can be saved as a pattern when it is solved and resembled none', () => {
    const unknown = incident({ state: 'resolved', resolution: 'recovered', resolvedAtMs: NOW_MS });
    expect(buttons(card({ incident: unknown })).map((button) => button.verb)).toContain('save_pattern');
    const known = incident({ ...analysed, state: 'resolved', resolution: 'recovered', resolvedAtMs: NOW_MS });
    expect(buttons(card({ incident: known })).map((button) => button.verb)).not.toContain('save_pattern');
  });

  it('speaks Chinese', () => {
    const text = allText(incidentCard(view(), options('zh')));
    for (const part of ['已分析', '严重', '很可能', '在 `ecs/checkout` 上 *回滚最近一次部署*', '我来处理']) expect(text).toContain(part);
  });
});
