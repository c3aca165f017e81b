import { describe, expect, it } from 'vitest';
import { explain } from '../../src/domain/explanation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Analysis } from '../../src/domain/rca.ts';
import { parseScenario } from '../../src/sandbox/account/scenario.ts';
import type { FaultTruth } from '../../src/sandbox/account/truth.ts';
import { play } from '../../src/score/gameday.ts';
import { judge, summarise } from '../../src/score/gameday-figures.ts';
import { incident, MINUTE, plan, T0 } from '../support/make.ts';

const SCENARIO = parseScenario(
  `name: small
title: A release of checkout fails
about: Requests fail after it.
seed: 7
start: { weekday: tuesday, time: "11:00" }
warm_up_hours: 6
duration_min: 14
faults:
  - { kind: bad_deploy, target: ecs/checkout, at_min: 4, params: { symptom: errors, size: 0.5 } }
expect: { incidents: 1, cause: ecs/checkout, action: rollback_deploy, risk: high }
`,
  'small.yaml',
);

const fault = (over: Partial<FaultTruth> = {}): FaultTruth => ({
  ...{
    id: 'f1',
    kind: 'bad_deploy',
    targetId: 'ecs/checkout',
    causes: ['ecs/checkout'],
    startMs: T0,
    healedMs: T0 + 5 * MINUTE,
    healedBy: 'key',
    state: 'over',
  },
  actions: [{ action: 'rollback_deploy', target: 'ecs/checkout' }],
  ...over,
});
const naming = (resourceId: string, confidence = 0.9): Analysis => ({
  ...{ atMs: T0, gaps: [], solutions: [], summary: explain('t', 'x') },
  hypotheses: [{ resourceId, cause: explain('t', 'x'), kind: 'deploy', confidence, evidence: [] }],
});
const opened = (minute: number, over: Partial<Incident> = {}): Incident =>
  incident({ openedAtMs: T0 + minute * MINUTE, analysis: naming('ecs/checkout'), ...over });

describe('the judge of a game day', () => {
  it('counts a fault that was found, explained and healed', () => {
    const result = judge(SCENARIO, { faults: [fault()], unsafe: [] }, [opened(2)], [plan()]);
    expect(result.faults).toEqual([
      {
        ...{ kind: 'bad_deploy', target: 'ecs/checkout', detected: true, minutesToDetect: 2, cause: 'ecs/checkout', causeFirst: true },
        ...{ action: 'rollback_deploy on ecs/checkout', rightAction: true, minutesToHeal: 5, incidents: 1 },
      },
    ]);
    expect(result.falseIncidents).toEqual([]);
  });

  it('counts a wrong cause, a wrong action, and healing by time as what they are', () => {
    const wrong = opened(2, { analysis: naming('rds/main-db') });
    const [judged] = judge(
      SCENARIO,
      { faults: [fault({ healedBy: null })], unsafe: [] },
      [wrong],
      [plan({ action: 'reboot_database', targetId: 'rds/main-db' })],
    ).faults;
    expect(judged).toMatchObject({ causeFirst: false, rightAction: false, minutesToHeal: null });
  });

  it('calls an incident false that opened before anything was wrong, or long after; a silenced one is none', () => {
    const incidents = [opened(-1, { id: 'INC-1' }), opened(3, { id: 'INC-2' }), opened(60, { id: 'INC-3' }), opened(61, { id: 'INC-4', state: 'silenced' })];
    const result = judge(SCENARIO, { faults: [fault()], unsafe: [] }, incidents, []);
    expect(result.falseIncidents.map((one) => one.minute)).toEqual([0, 61]);
    expect(result.faults[0]?.incidents).toBe(1);
  });

  it('gives an incident to the fault whose cause it touches', () => {
    const other = fault({ id: 'f2', targetId: 'rds/main-db', causes: ['rds/main-db'], startMs: T0 + MINUTE });
    const result = judge(SCENARIO, { faults: [fault(), other], unsafe: [] }, [opened(2)], []);
    expect(result.faults.map((one) => one.detected)).toEqual([true, false]);
  });

  it('sums up in shares, a simulated day at a time', () => {
    const good = judge(SCENARIO, { faults: [fault()], unsafe: [] }, [opened(2)], [plan()]);
    const missed = judge(SCENARIO, { faults: [fault({ healedBy: null })], unsafe: [] }, [], []);
    const noisy = { ...judge(SCENARIO, { faults: [], unsafe: [] }, [opened(0)], []), minutes: 1440, unsafe: 1 };
    expect(summarise([{ ...good, minutes: 720 }, { ...missed, minutes: 720 }, noisy])).toMatchObject({
      ...{ scenarios: 3, faults: 2, detected: 0.5, cause_first: 0.5, right_action: 0.5, healed: 0.5, incidents_per_fault: 1 },
      ...{ false_incidents_per_day: 0.5, calibration_over_0_8: 0.5, unsafe_actions: 1, minutes_to_detect: { median: 2, max: 2 } },
    });
    expect(summarise([])).toMatchObject({ detected: null, false_incidents_per_day: null, minutes_to_heal: { median: null } });
  });
});

describe('a scenario played', () => {
  it('is found, explained and healed by the whole loop', async () => {
    const result = await play(SCENARIO);
    expect(result).toMatchObject({ scenario: 'small', unsafe: 0, falseIncidents: [] });
    expect(result.faults[0]).toMatchObject({ detected: true, cause: 'ecs/checkout', rightAction: true, incidents: 1 });
    expect(result.faults[0]?.minutesToHeal).toBeLessThan(8);
  });
});
