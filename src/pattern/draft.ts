import type { Anomaly } from '../domain/anomaly.ts';
import type { Incident } from '../domain/incident.ts';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';
import type { Plan } from '../domain/plan.ts';
import type { Resource } from '../domain/resource.ts';

interface DraftParts {
  readonly id: string; // of the new pattern
  readonly incident: Incident;
  readonly anomalies: readonly Anomaly[];
  readonly plans: readonly Plan[];
  readonly resources: readonly Resource[];
}

/** A resolved incident as a pattern for a person to review: what was seen, what it was, and what was shown to help. */
export function draftFromIncident({ id, incident, anomalies, plans, resources }: DraftParts): Pattern {
  const kind = resources.find((resource) => resource.id === incident.resourceIds[0])?.kind ?? 'resource';
  const helped = plans.filter((plan) => plan.outcome?.verified === true);
  const causes = (incident.analysis?.hypotheses ?? []).slice(0, 3).map((one) => one.cause.text.slice(0, 500));
  return PatternSchema.parse({
    pattern_id: id,
    category: 'performance',
    title: `${kind.toUpperCase()}: ${incident.title}`.slice(0, 200),
    description: incident.analysis?.summary.text.slice(0, 4000) || incident.title,
    symptoms: [...new Set(anomalies.map((one) => one.explanation.text.slice(0, 500)))].slice(0, 30),
    root_causes: causes,
    solutions: helped.map((plan) => ({ action: plan.action, confidence: 0.6, risk: plan.risk })),
    metadata: {
      occurrence_count: 1,
      last_seen: new Date(incident.openedAtMs).toISOString().slice(0, 10),
      success_rate: helped.length > 0 ? 1 : null,
      avg_resolution_time: null,
    },
  });
}
