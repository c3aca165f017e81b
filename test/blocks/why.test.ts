import { describe, expect, it } from 'vitest';
import { analysisCard, whyModal } from '../../blocks/analysis.ts';
import { progressCard } from '../../blocks/progress.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { AnalyseReport } from '../../src/domain/requests.ts';
import * as samples from './samples.ts';

const { analysis, options } = samples;
const report: AnalyseReport = { incident: samples.incident(samples.analysed), title: 'Checkout fails', analysis };
const shown = (view: { blocks: unknown }): string => JSON.stringify(view.blocks);

describe('the why window', () => {
  it('shows for each cause what speaks for it and what speaks against it', () => {
    const text = shown(whyModal(report, options()));
    const pieces = [
      'What speaks for it',
      'was deployed 3 min before',
      'INC-7 looked the same',
      'What speaks against it',
      'Traffic did not grow.',
      'The connection limit',
    ];
    const places = pieces.map((piece) => text.indexOf(piece));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(text.indexOf('What speaks for it')).toBeLessThan(text.indexOf('was deployed'));
    expect(text.indexOf('What speaks against it')).toBeLessThan(text.indexOf('Traffic did not grow.'));
    expect(text.indexOf('Traffic did not grow.')).toBeLessThan(text.indexOf('2. The connection limit'));
  });

  it('says when a metric was seen and what a log said', () => {
    const [first, ...others] = analysis.hypotheses;
    if (first === undefined) throw new Error('no hypothesis');
    const line = {
      ...{ dimension: 'resource' as const, supports: true, weight: 1, statement: explain('t', 'checkout logs 40 new lines.') },
      source: { type: 'logs' as const, group: '/ecs/checkout', examples: ['too many clients <!channel>'], count: 40 },
    };
    const text = shown(
      whyModal({ ...report, analysis: { ...analysis, hypotheses: [{ ...first, evidence: [...first.evidence, line] }, ...others] } }, options()),
    );
    expect(text).toMatch(/Traffic did not grow\. \(<!date\^\d+\^\{time\}\|2026-11-24 03:01 UTC> – <!date\^\d+\^\{time\}\|2026-11-24 03:12 UTC>\)/);
    expect(text).toContain('e.g. `too many clients &lt;!channel&gt;`');
  });

  it('lists the gaps, or says that there are none; the same with what speaks against', () => {
    expect(shown(whyModal(report, options()))).toContain('Logs of checkout before 02:50 were not readable.');
    const [first] = analysis.hypotheses;
    const clear = { ...analysis, gaps: [], hypotheses: first === undefined ? [] : [{ ...first, evidence: first.evidence.filter((one) => one.supports) }] };
    const text = shown(whyModal({ ...report, analysis: clear }, options()));
    expect(text).toContain('Everything that was asked could be looked at.');
    expect(text).toContain('Nothing was found that speaks against it.');
  });

  it('labels evidence as a narrative cites it, and shows whose words those are', () => {
    const narrative = { text: 'It ran out of connections [E1]. Traffic is not why [E3].', by: 'bedrock' };
    const worded = { ...report, analysis: { ...analysis, narrative } };
    const text = shown(whyModal(worded, options()));
    expect(text).toMatch(/`E1` _recent changes_ · checkout 4\.2\.1 was deployed/);
    expect(text).toMatch(/`E3` _just before_ · Traffic did not grow/);
    for (const view of [whyModal(worded, options()), analysisCard(worded, options())]) {
      expect(shown(view)).toContain('It ran out of connections [E1].');
      expect(shown(view)).toContain('In the words of bedrock');
    }
    expect(shown(analysisCard(report, options()))).not.toContain('In the words of');
  });
});

describe('progress', () => {
  it('ticks off the dimensions', () => {
    expect(shown(progressCard('INC-12', ['time', 'resource'], 'run', options()))).toContain(
      'just before ✓ · related resources ✓ · recent changes … · history …',
    );
    expect(shown(progressCard('<!channel>', [], 'run', options('zh')))).toContain('正在分析 &lt;!channel&gt;');
  });
});
