import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/action/catalogue/index.ts';
import { DOINGS } from '../../../src/sandbox/account/actions/index.ts';
import { FAULTS } from '../../../src/sandbox/account/faults/index.ts';
import { gamedayScenarios } from '../../../src/sandbox/account/scenario.ts';
import { Drive, START_MS, signal } from './drive.ts';

const MINUTE_MS = 60_000;
const scenarios = gamedayScenarios();
const facts = new Map(CATALOGUE.map((action) => [action.name, action]));

/** How far the median of the last minutes lies from that of the hour before the fault, in robust standard deviations. */
function deviation(before: readonly number[], after: readonly number[]): number {
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const usual = median(before);
  const spread = median(before.map((value) => Math.abs(value - usual))) * 1.48;
  return Math.abs(median(after) - usual) / (spread + 0.01 * Math.abs(usual) + 0.05);
}

describe('the actions of the sandbox', () => {
  it('are those of the catalogue, with the same risk and the same kinds of targets', () => {
    const ofAccount = ['run_automation']; // runs documents that only a real account has
    expect(DOINGS.map((doing) => doing.name).toSorted()).toEqual(
      CATALOGUE.map((action) => action.name)
        .filter((name) => !ofAccount.includes(name))
        .toSorted(),
    );
    for (const doing of DOINGS) {
      const action = facts.get(doing.name);
      expect([doing.name, doing.risk, doing.targetKinds]).toEqual([doing.name, action?.risk, action?.targetKinds]);
      expect([doing.name, doing.undone]).toEqual([doing.name, action?.reversibility === 'rollback']);
    }
  });
});

describe('gameday scenarios', () => {
  it('hold every fault, several topologies, and healthy days', () => {
    expect(new Set(scenarios.flatMap((scenario) => scenario.faults.map((fault) => fault.kind))).size).toBe(FAULTS.length);
    expect(new Set(scenarios.map((scenario) => JSON.stringify(scenario.topology))).size).toBeGreaterThanOrEqual(4);
    expect(scenarios.filter((scenario) => scenario.faults.length === 0).length).toBeGreaterThanOrEqual(4);
  });

  for (const scenario of scenarios.filter((one) => one.faults.length > 0)) {
    it(`${scenario.name}: every fault shows at its cause within ten minutes, and its right action heals it with the catalogue's own parameters`, async () => {
      const drive = new Drive(scenario);
      for (const [i, fault] of scenario.faults.entries()) {
        drive.to(fault.at_min + 14);
        const truth = drive.account.truth().faults[i];
        const [right] = truth?.actions ?? [];
        const { items } = await drive.account.metrics.read({ fromMs: START_MS + (fault.at_min - 60) * MINUTE_MS, toMs: drive.clock.now() }, signal());
        const startMs = truth?.startMs ?? 0;
        const moved = items
          .filter((series) => truth?.causes.includes(series.resourceId))
          .map((series) => {
            const values = (from: number, to: number) =>
              series.points.filter((point) => point.timestampMs >= from && point.timestampMs < to).map((point) => point.value);
            return deviation(values(0, startMs), values(startMs + 7 * MINUTE_MS, startMs + 11 * MINUTE_MS));
          });
        expect(Math.max(...moved)).toBeGreaterThan(6);
        const { topology } = drive.account;
        const target = (await topology.read(signal())).resources.find((resource) => resource.id === right?.target);
        if (right === undefined || target === undefined) throw new Error('the right action has no target');
        await drive.run(right.action, right.target, facts.get(right.action)?.defaults(target) ?? {});
      }
      drive.to(scenario.duration_min);
      expect(drive.account.truth().faults.map((fault) => fault.state)).toEqual(scenario.faults.map(() => 'over'));
      expect(drive.account.truth().unsafe).toEqual([]);
    });
  }

  for (const scenario of scenarios.filter((one) => one.faults.length === 0)) {
    it(`${scenario.name}: nothing rings and hardly a request fails`, async () => {
      const drive = new Drive(scenario).to(scenario.duration_min);
      const window = { fromMs: START_MS, toMs: drive.clock.now() };
      expect((await drive.account.alarms.read(window, signal())).items).toEqual([]);
      const { items } = await drive.account.metrics.read(window, signal());
      const failed = items.filter((series) => series.ref.name === 'HTTPCode_Target_5XX_Count').flatMap((series) => series.points.map((point) => point.value));
      expect(failed.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(60);
      for (const cpu of items.filter((series) => series.ref.name.includes('CPUUtilization'))) {
        expect(cpu.points.reduce((most, point) => Math.max(most, point.value), 0)).toBeLessThan(90);
      }
    });
  }
});
