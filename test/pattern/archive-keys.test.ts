import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedbackLogKey, patternKey, runbookKey, slugOf, sopKey } from '../../src/pattern/archive-keys.ts';
import { aPattern } from '../contracts/knowledge.ts';

describe('Keys of the archive', () => {
  it('are those of the seed', () => {
    expect(patternKey(aPattern('PAT-001', { title: 'EC2 High CPU' }))).toBe('patterns/performance/ec2-high-cpu.json');
    expect(runbookKey('ec2-high-cpu')).toBe('runbooks/ec2-high-cpu-runbook.md');
    expect(sopKey('Emergency rollback')).toBe('sops/emergency-rollback.yaml');
    expect(feedbackLogKey(Date.UTC(2026, 1, 10))).toBe('feedback/2026-02/feedback-log.jsonl');
  });

  it('go by the id when a title has no Latin letter', () => {
    expect(patternKey(aPattern('PAT-009', { title: '数据库连接耗尽' }))).toBe('patterns/performance/pat-009.json');
  });

  it('are safe whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (title) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slugOf(title)) && slugOf(title).length <= 80),
    );
  });
});
