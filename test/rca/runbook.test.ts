import { describe, expect, it } from 'vitest';
import { CATALOGUE, findAction } from '../../src/action/catalogue/index.ts';
import { analyse } from '../../src/rca/rank.ts';
import { runbookFor } from '../../src/rca/runbook.ts';
import { context, incident, jump, NOW, SHOP_TOPOLOGY, START, series, shopSeries } from './world.ts';

const throttled = series('rds/checkout-db', 'DatabaseConnections', 80, jump(80, 200, -3), { unit: 'Count' });
const analysis = analyse(
  context({
    topology: SHOP_TOPOLOGY,
    actions: CATALOGUE,
    series: shopSeries([throttled]),
    subject: { resourceIds: ['rds/checkout-db'], startedAtMs: START, nowMs: NOW },
  }),
);
const solution = analysis.solutions[0] ?? null;
const subject = incident({ resourceIds: ['rds/checkout-db'], title: 'Connections of checkout-db' });

describe('the runbook', () => {
  const runbook = runbookFor(subject, analysis, solution, findAction(solution?.action ?? ''));

  it('has the incident’s own values in every part', () => {
    expect(runbook.slug).toBe('inc-1-raise-connection-limit-rds-checkout-db');
    expect(runbook.title).toBe('INC-1 Connections of checkout-db');
    const parts = [...runbook.markdown.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(parts).toEqual(['Summary', 'Evidence', 'Checks before', 'Action', 'Checks after', 'Rollback', 'Could not be checked']);
    expect(runbook.markdown).toContain('- Began: 2026-05-04 12:00 UTC; analysed: 2026-05-04 12:10 UTC');
    expect(runbook.markdown).toContain('DatabaseConnections of rds/checkout-db rose from 80 to');
    expect(runbook.markdown).toContain('(`raise_connection_limit`) on `rds/checkout-db` with `limit = 500`');
    expect(runbook.markdown).toContain('From 2 to 15 min after it ran, `Test/DatabaseConnections{id=rds/checkout-db}:Average` is back to its usual level.');
    expect(runbook.markdown).toContain('No changes are recorded for this time.');
  });

  it('is still of use when nothing stands out and nothing can be done', () => {
    const { markdown, slug } = runbookFor(subject, { ...analysis, hypotheses: [], solutions: [], gaps: [] }, null, null);
    expect(slug).toBe('inc-1-by-hand-rds-checkout-db');
    expect(markdown).toContain('Nothing stands out as the cause.');
    expect(markdown).toContain('No action of the catalogue suits this cause.');
  });

  it('warns where an action cannot be undone', () => {
    const { markdown } = runbookFor(subject, analysis, solution, findAction('delete_volumes'));
    expect(markdown).toContain('Cannot be undone.');
  });
});
