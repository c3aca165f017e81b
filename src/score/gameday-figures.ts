import type { Incident } from '../domain/incident.ts';
import type { Plan } from '../domain/plan.ts';
import type { Scenario } from '../sandbox/account/schema.ts';
import type { FaultTruth, Truth } from '../sandbox/account/truth.ts';

const MINUTE_MS = 60_000;
const DAY_MIN = 1440;
const AFTER_MS = 15 * MINUTE_MS; // what a fault leaves behind belongs to it for so long after it healed

export interface FaultResult {
  readonly kind: string;
  readonly target: string;
  readonly detected: boolean;
  readonly minutesToDetect: number | null;
  readonly cause: string | null; // what the first analysis that led to a plan, or the last one, named
  readonly causeFirst: boolean;
  readonly action: string | null; // the first plan
  readonly rightAction: boolean;
  readonly minutesToHeal: number | null;
  readonly incidents: number;
}
export interface ScenarioResult {
  readonly scenario: string;
  readonly minutes: number;
  readonly faults: readonly FaultResult[];
  readonly falseIncidents: readonly { readonly title: string; readonly minute: number }[];
  readonly confident: readonly { readonly confidence: number; readonly right: boolean }[]; // first hypotheses
  readonly unsafe: number;
}

/** Holds what the loop did against what was really wrong. An incident belongs to the fault that was there when it opened. */
export function judge(scenario: Scenario, truth: Truth, incidents: readonly Incident[], plans: readonly Plan[]): ScenarioResult {
  const startMs = Math.min(...truth.faults.map((fault) => fault.startMs), ...incidents.map((incident) => incident.openedAtMs));
  const owner = new Map(incidents.map((incident) => [incident.id, ownerOf(incident, truth.faults)]));
  const loud = incidents.filter((incident) => incident.state !== 'silenced');
  const faults = truth.faults.filter((fault) => fault.state !== 'to_come');
  return {
    scenario: scenario.name,
    minutes: scenario.duration_min,
    faults: faults.map((fault) =>
      faultResult(
        fault,
        loud.filter((incident) => owner.get(incident.id) === fault).toSorted((a, b) => a.openedAtMs - b.openedAtMs),
        plans,
      ),
    ),
    falseIncidents: loud
      .filter((incident) => owner.get(incident.id) === null)
      .map((incident) => ({ title: incident.title, minute: Math.round((incident.openedAtMs - startMs) / MINUTE_MS) })),
    confident: loud.flatMap((incident) => {
      const [first] = incident.analysis?.hypotheses ?? [];
      const fault = owner.get(incident.id) ?? null;
      return first === undefined ? [] : [{ confidence: first.confidence, right: fault?.causes.includes(first.resourceId) ?? false }];
    }),
    unsafe: truth.unsafe.length,
  };
}

/** The fault at work when the incident opened: one whose cause it touches, else the latest to begin. */
function ownerOf(incident: Incident, faults: readonly FaultTruth[]): FaultTruth | null {
  const there = faults.filter((fault) => fault.startMs <= incident.openedAtMs && (fault.healedMs === null || incident.openedAtMs <= fault.healedMs + AFTER_MS));
  const touching = there.filter((fault) => fault.causes.some((cause) => incident.resourceIds.includes(cause)));
  return (touching.length > 0 ? touching : there).toSorted((a, b) => b.startMs - a.startMs)[0] ?? null;
}

function faultResult(fault: FaultTruth, incidents: readonly Incident[], plans: readonly Plan[]): FaultResult {
  const [first] = incidents;
  const own = plans.filter((plan) => incidents.some((incident) => incident.id === plan.incidentId)).toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  const plan = own[0] ?? null;
  const explained =
    incidents.find((incident) => incident.id === plan?.incidentId) ?? incidents.find((incident) => (incident.analysis?.hypotheses.length ?? 0) > 0);
  const cause = explained?.analysis?.hypotheses[0]?.resourceId ?? null;
  return {
    kind: fault.kind,
    target: fault.targetId,
    detected: first !== undefined,
    minutesToDetect: first === undefined ? null : Math.round((first.openedAtMs - fault.startMs) / MINUTE_MS),
    cause,
    causeFirst: cause !== null && fault.causes.includes(cause),
    action: plan === null ? null : `${plan.action} on ${plan.targetId}`,
    rightAction: plan !== null && fault.actions.some((right) => right.action === plan.action && right.target === plan.targetId),
    minutesToHeal: fault.healedMs === null || fault.healedBy === null ? null : Math.round((fault.healedMs - fault.startMs) / MINUTE_MS),
    incidents: incidents.length,
  };
}

/** The figures of eval.md. Shares 0..1; a share of nothing is null. */
export function summarise(results: readonly ScenarioResult[]) {
  const faults = results.flatMap((result) => result.faults);
  const confident = results.flatMap((result) => result.confident).filter((one) => one.confidence > 0.8);
  const days = results.reduce((sum, result) => sum + result.minutes, 0) / DAY_MIN;
  const found = faults.filter((fault) => fault.detected);
  const detectMinutes = found.flatMap((fault) => (fault.minutesToDetect === null ? [] : [fault.minutesToDetect]));
  return {
    scenarios: results.length,
    faults: faults.length,
    detected: share(found.length, faults.length),
    minutes_to_detect: { median: median(detectMinutes), max: detectMinutes.length === 0 ? null : Math.max(...detectMinutes) },
    cause_first: share(faults.filter((fault) => fault.causeFirst).length, faults.length),
    right_action: share(faults.filter((fault) => fault.rightAction).length, faults.length),
    healed: share(faults.filter((fault) => fault.minutesToHeal !== null).length, faults.length),
    minutes_to_heal: { median: median(faults.flatMap((fault) => (fault.minutesToHeal === null ? [] : [fault.minutesToHeal]))) },
    incidents_per_fault: share(
      found.reduce((sum, fault) => sum + fault.incidents, 0),
      found.length,
    ),
    false_incidents_per_day: share(
      results.reduce((sum, result) => sum + result.falseIncidents.length, 0),
      days,
    ),
    calibration_over_0_8: share(confident.filter((one) => one.right).length, confident.length),
    unsafe_actions: results.reduce((sum, result) => sum + result.unsafe, 0),
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1000) / 1000);

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const next = sorted[Math.ceil((sorted.length - 1) / 2)];
  return middle === undefined || next === undefined ? null : (middle + next) / 2;
}
