import { explain } from '../domain/explanation.ts';
import { detected } from './detected.ts';
import type { DimensionResult, Finding } from './finding.ts';
import { logFindings } from './log-findings.ts';
import type { Prepared } from './prepare.ts';
import { saturationOf } from './saturation.ts';
import { excuseOf, partOf, victim } from './share.ts';
import { spread } from './spread.ts';
import { zonesOf } from './zone.ts';

const MIN_STRENGTH = 0.02;

/** Which resource the trouble sits in, by walking from the symptom towards what it depends on. */
export function analyseResources(prepared: Prepared): DimensionResult {
  const saturations = saturationOf(prepared);
  const findings: Finding[] = [];
  const against: Finding[] = [];
  for (const symptom of prepared.symptoms) {
    for (const part of spread(prepared.graph, symptom.target, symptom.impacts)) {
      const excuse = excuseOf(prepared, symptom, part, saturations);
      const finding = partOf(prepared, symptom, part, excuse?.shortage ?? 0);
      if (finding.strength > MIN_STRENGTH) findings.push(finding);
      if (excuse !== null && excuse.share > 0.3) against.push(victim(symptom, part, excuse));
    }
  }
  findings.push(...saturations.map((saturation) => saturation.finding), ...detected(prepared), ...zonesOf(prepared), ...logFindings(prepared));
  return { dimension: 'resource', findings, against, gaps: gapsOf(prepared) };
}

function gapsOf(prepared: Prepared): DimensionResult['gaps'] {
  const { graph, context, seriesOf } = prepared;
  const gap = (code: string, template: string, params: Record<string, string | number>) => ({
    dimension: 'resource' as const,
    reason: explain(code, template, params),
  });
  const gaps = [];
  if (context.topology.resources.length === 0) gaps.push(gap('rca.gap.no_topology', 'The topology is not known, so dependencies could not be followed.', {}));
  if (context.series.length === 0) gaps.push(gap('rca.gap.no_metrics', 'There are no metrics for this time.', {}));
  const blind = [...prepared.steps.keys()].filter((id) => !seriesOf.has(id));
  if (blind.length > 0 && context.series.length > 0) {
    gaps.push(
      gap('rca.gap.blind', 'No metrics of {count} related resources, among them {examples}.', { count: blind.length, examples: blind.slice(0, 3).join(', ') }),
    );
  }
  if (graph.unknown.length > 0) {
    gaps.push(
      gap('rca.gap.unknown_nodes', 'The topology names {count} resources it does not describe, among them {examples}.', {
        count: graph.unknown.length,
        examples: graph.unknown.slice(0, 3).join(', '),
      }),
    );
  }
  return gaps;
}
