import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import type { Analysis } from '../../src/domain/rca.ts';
import { analyse } from '../../src/rca/rank.ts';
import { measureShift } from '../../src/rca/shift.ts';
import { createSandboxAccount } from '../../src/sandbox/account/account.ts';
import { builtInScenarios } from '../../src/sandbox/account/scenario.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 6, 10, 0);
const LOUD = 0.5;

/** Lives through a built-in scenario to some minutes after its first fault, and analyses what is out of line then. */
async function afterFault(name: string, minutes: number): Promise<{ analysis: Analysis; causes: readonly string[]; fixes: readonly string[] }> {
  const scenario = builtInScenarios().find((item) => item.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  let nowMs = START;
  const account = createSandboxAccount({ scenario, clock: { now: () => nowMs }, startMs: START });
  const [fault] = account.truth().faults;
  if (fault === undefined) throw new Error(`no fault in ${name}`);
  nowMs = fault.startMs + minutes * MINUTE;
  account.advanceTo(nowMs);
  const signal = new AbortController().signal;
  const day = { fromMs: nowMs - 24 * 60 * MINUTE, toMs: nowMs };
  const [metrics, changes, topology] = await Promise.all([
    account.metrics.read({ ...day, fromMs: nowMs - 360 * MINUTE }, signal),
    account.changes.read(day, signal),
    account.topology.read(signal),
  ]);
  const { items: logs } = await account.logs.search({ text: '', resourceIds: [], window: { ...day, fromMs: nowMs - 45 * MINUTE }, limit: 20_000 }, signal);
  const moved = metrics.items
    .flatMap((series) => measureShift(series, { resourceIds: [], startedAtMs: fault.startMs, nowMs }) ?? [])
    .filter((shift) => shift.strength > LOUD);
  const loudest = moved.sort((a, b) => b.ratio - a.ratio);
  const subject = {
    resourceIds: [...new Set(loudest.map((shift) => shift.series.resourceId))],
    startedAtMs: Math.min(...loudest.map((shift) => shift.onsetMs ?? nowMs)),
    nowMs,
  };
  const analysis = analyse({
    incident: null,
    subject,
    anomalies: [],
    series: metrics.items,
    changes: changes.items,
    logs,
    topology,
    matches: [],
    patterns: [],
    pastIncidents: [],
    posterior: () => null,
    gaps: [],
    actions: CATALOGUE,
  });
  return { analysis, causes: fault.causes, fixes: fault.actions.map((heal) => `${heal.action} ${heal.target}`) };
}

describe('in the simulated account', () => {
  it.each([
    ['cpu-hog', 6, 'cpu'],
    ['memory-leak', 12, 'leak'],
    ['bad-deploy', 5, 'deploy'],
    ['bad-config', 5, 'config'],
    ['connection-exhaustion', 8, 'connections'],
    ['throttled-function', 6, 'config'],
    ['disk-filling', 20, 'disk'],
    ['cost-leak', 10, 'snapshots'],
    ['suspicious-iam', 5, 'access'],
    ['zone-trouble', 5, 'zone'],
    ['cache-miss-storm', 6, 'cache'],
    ['queue-backlog', 8, 'stuck'],
    ['degraded-host', 5, 'storage'],
    ['traffic-surge', 6, 'traffic'],
  ])('%s, %i minutes in: the right resource, kind (%s) and action come first', async (name, minutes, kind) => {
    const { analysis, causes, fixes } = await afterFault(name, minutes);
    expect(causes).toContain(analysis.hypotheses[0]?.resourceId);
    expect(analysis.hypotheses[0]?.kind).toBe(kind);
    expect(fixes).toContain(`${analysis.solutions[0]?.action} ${analysis.solutions[0]?.targetId}`);
  });
});
