import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { MetricSeries } from '../../../src/domain/metric.ts';
import { createSandboxAccount, restoreSandboxAccount } from '../../../src/sandbox/account/account.ts';
import { ManualClock } from '../../../src/sandbox/clock.ts';
import { remediatorContract } from '../../contracts/remediator.ts';
import { alarmSourceContract, changeSourceContract, logSourceContract, metricSourceContract, topologySourceContract } from '../../contracts/sources.ts';
import { Drive, START_MS, scenarioOf, signal } from './drive.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'account-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SICK = 'faults: [{ kind: bad_deploy, target: ecs/payments, at_min: 5, params: { size: 0.6 } }]';
const sick = (): Drive => new Drive(scenarioOf(SICK)).to(40);
const fixture = <K extends 'metrics' | 'logs' | 'changes' | 'alarms' | 'topology'>(which: K) => {
  const { account } = sick();
  return {
    source: account[which],
    window: { fromMs: START_MS - 20 * MINUTE_MS, toMs: START_MS + 30 * MINUTE_MS },
    fail: () => account.trouble({ source: which, kind: 'fail', untilMs: START_MS + DAY_MS }),
  };
};
metricSourceContract('the sandbox account', () => fixture('metrics'));
logSourceContract('the sandbox account', () => fixture('logs'));
changeSourceContract('the sandbox account', () => fixture('changes'));
alarmSourceContract('the sandbox account', () => fixture('alarms'));
topologySourceContract('the sandbox account', () => fixture('topology'));

remediatorContract('the sandbox account', () => {
  const { account } = new Drive(scenarioOf('faults: [{ kind: cost_leak, target: ebs/old-backups, at_min: 1 }]')).to(10);
  return {
    remediator: account.remediator,
    reversible: { action: 'scale_out', targetId: 'ecs/web', params: { count: 2 } },
    lasting: { action: 'delete_snapshots', targetId: 'ebs/old-backups', params: {} },
    unknownTarget: { action: 'restart_service', targetId: 'ecs/nowhere', params: {} },
    wrongKind: { action: 'restart_service', targetId: 'rds/checkout-db', params: {} },
    wrongParams: { action: 'scale_out', targetId: 'ecs/web', params: { count: 5000 } },
    alreadySo: { action: 'raise_concurrency', targetId: 'lambda/invoice', params: { concurrency: 10 } },
    effects: () => account.executions.length,
    fail: () => account.trouble({ source: 'remediator', kind: 'fail', untilMs: START_MS + DAY_MS }),
  };
});

const everything = async (drive: Drive, fromMs: number): Promise<readonly MetricSeries[]> =>
  (await drive.account.metrics.read({ fromMs, toMs: drive.clock.now() }, signal())).items;

describe('a sandbox account', () => {
  it('publishes between 60 and 120 series with real names, one point a minute', async () => {
    const items = await everything(new Drive(scenarioOf('')).to(10), START_MS - MINUTE_MS);
    expect(items.length).toBeGreaterThanOrEqual(60);
    expect(items.length).toBeLessThanOrEqual(120);
    expect(items.every((series) => series.points.length === 11)).toBe(true);
    const names = new Set(items.map(({ ref }) => `${ref.namespace} ${ref.name}`));
    for (const name of [
      'AWS/EC2 CPUUtilization',
      'CWAgent disk_used_percent',
      'AWS/RDS DatabaseConnections',
      'AWS/Lambda Throttles',
      'AWS/SQS ApproximateAgeOfOldestMessage',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('gives the same values for the same seed whatever is read in which order and by which steps', async () => {
    const scenario = scenarioOf(SICK);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
        async (seed, steps, quarters) => {
          const straight = new Drive(scenario, { seed }).to(60);
          const winding = new Drive(scenario, { seed });
          for (const quarter of quarters) await everything(winding, START_MS - quarter * 6 * 3_600_000);
          let minute = 0;
          for (const step of steps) {
            minute += step;
            await everything(winding.to(minute), START_MS);
          }
          winding.to(60);
          const fromMs = START_MS - 8 * 3_600_000;
          expect(await everything(winding, fromMs)).toEqual(await everything(straight, fromMs));
        },
      ),
      { numRuns: 4 },
    );
  });

  it('differs with another seed', async () => {
    const values = async (seed: number): Promise<number[]> => await new Drive(scenarioOf(''), { seed }).to(5).values('ecs/web', 'RequestCount', 0, 5);
    expect(await values(1)).not.toEqual(await values(2));
  });

  it('has fourteen days of history on request, with a rhythm of day and week', async () => {
    const drive = new Drive(scenarioOf('start: { weekday: wednesday, time: "10:00" }'));
    const day = (await everything(drive, START_MS - 20 * DAY_MS)).find((series) => series.ref.name === 'RequestCount');
    expect(day?.points.length).toBe(14 * 1440 + 1);
    const around = async (hoursAgo: number): Promise<number> => await drive.mean('alb/shop', 'RequestCount', -hoursAgo * 60 - 30, -hoursAgo * 60 + 30);
    expect(await around(24)).toBeGreaterThan(1.5 * (await around(30))); // 10:00 against 04:00
    expect(await around(24)).toBeGreaterThan(1.2 * (await around(72))); // Tuesday against Sunday
  });

  it('lets trouble run up the calls and load run down them', async () => {
    const drive = new Drive(scenarioOf('faults: [{ kind: slow_query, target: rds/catalog-db, at_min: 5, params: { factor: 100 } }]')).to(20);
    for (const caller of ['ecs/catalog', 'ecs/search', 'ecs/web', 'alb/shop']) {
      expect(await drive.mean(caller, 'TargetResponseTime', 15, 20), caller).toBeGreaterThan(1.5 * (await drive.mean(caller, 'TargetResponseTime', -30, 4)));
    }
    expect(await drive.mean('ecs/payments', 'TargetResponseTime', 15, 20)).toBeLessThan(1.2 * (await drive.mean('ecs/payments', 'TargetResponseTime', -30, 4)));
    const surge = new Drive(scenarioOf('faults: [{ kind: traffic_surge, target: ecs/checkout, at_min: 5, params: { factor: 3 } }]')).to(20);
    for (const [callee, metric] of [
      ['sqs/orders', 'NumberOfMessagesSent'],
      ['dynamodb/carts', 'ConsumedReadCapacityUnits'],
      ['rds/checkout-db', 'ReadIOPS'],
    ] as const) {
      expect(await surge.mean(callee, metric, 15, 20), callee).toBeGreaterThan(1.2 * (await surge.mean(callee, metric, -30, 4)));
    }
  });

  it('lives through at least 5,000 minutes in a second of CPU', () => {
    const speeds = [1, 2, 3].map((seed) => {
      const drive = new Drive(scenarioOf(SICK), { seed }).to(1);
      const before = process.cpuUsage();
      drive.to(1001);
      const used = process.cpuUsage(before); // microseconds
      return 1_000_000_000 / (used.user + used.system);
    });
    expect(Math.max(...speeds)).toBeGreaterThan(5000);
  });

  it('feels a wrong action: a service that is taken down fails for its callers, and counts as unsafe', async () => {
    const drive = new Drive(scenarioOf('')).to(5);
    await drive.run('take_service_down', 'ecs/checkout');
    drive.to(10);
    expect(await drive.mean('ecs/web', 'HTTPCode_Target_5XX_Count', 7, 10)).toBeGreaterThan(300);
    expect(drive.account.truth().unsafe.map((execution) => execution.action)).toEqual(['take_service_down']);
  });

  it('pays for more tasks with lower CPU, and a restart with a short blip', async () => {
    const drive = new Drive(scenarioOf('')).to(10);
    await drive.run('scale_out', 'ecs/web', { count: 6 });
    await drive.run('reboot_database', 'rds/checkout-db');
    drive.to(20);
    expect(await drive.mean('ecs/web', 'CPUUtilization', 13, 20)).toBeLessThan(0.7 * (await drive.mean('ecs/web', 'CPUUtilization', 0, 10)));
    expect(await drive.mean('ecs/web', 'RunningTaskCount', 13, 20)).toBe(12);
    expect(await drive.mean('ecs/checkout', 'HTTPCode_Target_5XX_Count', 11, 11)).toBeGreaterThan(50);
    expect(await drive.mean('ecs/checkout', 'HTTPCode_Target_5XX_Count', 13, 20)).toBeLessThan(10);
  });

  it('reports deploys and its own actions as changes, and alarms that ring and calm down', async () => {
    const drive = sick();
    await drive.run('rollback_deploy', 'ecs/payments');
    drive.to(60);
    const window = { fromMs: START_MS, toMs: drive.clock.now() };
    const changes = (await drive.account.changes.read(window, signal())).items.filter((change) => change.resourceId === 'ecs/payments');
    expect(changes.map((change) => [change.kind, change.actor])).toEqual([
      ['deploy', 'ci-deployer'],
      ['deploy', 'opsloop'],
    ]);
    const alarms = (await drive.account.alarms.read(window, signal())).items.filter((alarm) => alarm.name === 'shop-5xx-high');
    expect(alarms.map((alarm) => alarm.state)).toEqual(['alarm', 'ok']);
  });

  it('shows red herrings that are no fault: a deploy, a job in the history too, a silent series, frightening lines', async () => {
    const drive = new Drive(
      scenarioOf(`red_herrings:
  - { kind: innocent_deploy, target: ecs/search, at_min: 3 }
  - { kind: scheduled_job, target: rds/catalog-db, at_min: 20, for_min: 10, every_min: 60 }
  - { kind: missing_data, target: ec2/worker-1, metric: CPUUtilization, at_min: 5, for_min: 5 }
  - { kind: log_noise, target: ecs/web, at_min: 5 }`),
    ).to(30);
    const window = { fromMs: START_MS, toMs: drive.clock.now() };
    expect((await drive.account.changes.read(window, signal())).items.some((change) => change.summary.startsWith('Deployed search release'))).toBe(true);
    for (const hour of [0, -5, -30]) {
      const at = hour * 60 + 20;
      expect(await drive.mean('rds/catalog-db', 'CPUUtilization', at, at + 9)).toBeGreaterThan(
        12 + (await drive.mean('rds/catalog-db', 'CPUUtilization', at - 15, at - 2)),
      );
    }
    expect((await drive.values('ec2/worker-1', 'CPUUtilization', 1, 15)).length).toBe(10);
    expect((await drive.values('ec2/worker-1', 'NetworkIn', 1, 15)).length).toBe(15);
    expect((await drive.account.logs.search({ text: 'error code 0', resourceIds: ['ecs/web'], window, limit: 9 }, signal())).items.length).toBe(9);
    expect(drive.account.truth().faults).toEqual([]);
  });

  it('says what is missing when a source gives half a batch, and can lose the answer to an execution that happened', async () => {
    const drive = sick();
    drive.account.trouble({ source: 'metrics', kind: 'half', untilMs: START_MS + DAY_MS });
    const window = { fromMs: START_MS, toMs: START_MS + 20 * MINUTE_MS };
    const half = await drive.account.metrics.read(window, signal());
    expect(half.completeUntilMs).toBe(START_MS + 10 * MINUTE_MS);
    expect(half.gaps).toHaveLength(1);
    drive.account.trouble({ source: 'remediator', kind: 'lost_reply', untilMs: drive.clock.now() + 1 });
    const step = { action: 'restart_service', targetId: 'ecs/web', params: {} };
    await expect(drive.account.remediator.execute(step, 'k', signal())).rejects.toMatchObject({ code: 'unavailable' });
    expect((await drive.account.remediator.lookup(step, 'k', signal())).found).toBe('yes');
  });

  it('gives up a slow read when it is cancelled', async () => {
    const { account } = sick();
    account.trouble({ source: 'logs', kind: 'slow', untilMs: START_MS + DAY_MS, delayMs: 10_000 });
    await expect(account.logs.read({ fromMs: START_MS, toMs: START_MS + MINUTE_MS }, AbortSignal.timeout(30))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('comes back from its file as it was: executions, rollbacks, injected faults and all values', async () => {
    const stateFile = join(folder, 'new', 'state.json');
    const first = new Drive(scenarioOf(SICK), { stateFile }).to(12);
    first.account.inject({ kind: 'cpu_hog', target: 'ecs/web', at_min: 3 });
    first.to(20);
    await first.run('scale_out', 'ecs/web', { count: 3 });
    await first.run('rollback_deploy', 'ecs/payments');
    first.to(26);
    const [scaled] = first.account.executions;
    if (scaled === undefined) throw new Error('nothing was executed');
    await first.account.remediator.rollback({ action: 'scale_out', targetId: 'ecs/web', params: { count: 3 } }, scaled.receipt, signal());
    first.to(40);
    const second = new Drive(scenarioOf(''), { stateFile }).to(40);
    expect(second.account.executions).toEqual(first.account.executions);
    expect(second.account.truth()).toEqual(first.account.truth());
    expect(await everything(second, START_MS - DAY_MS)).toEqual(await everything(first, START_MS - DAY_MS));
    expect(await second.account.remediator.execute({ action: 'rollback_deploy', targetId: 'ecs/payments', params: {} }, 'step-2', signal())).toEqual(
      first.account.executions[1]?.receipt,
    );
    expect(second.account.executions).toHaveLength(2);
    const third = restoreSandboxAccount(JSON.parse(JSON.stringify(first.account.snapshot())), { clock: new ManualClock(first.clock.now()) });
    expect(third.truth()).toEqual(first.account.truth());
  });

  it('refuses a state file that is not one, naming it', () => {
    const stateFile = join(folder, 'broken.json');
    writeFileSync(stateFile, '{"version":1');
    const open = () => createSandboxAccount({ scenario: scenarioOf(''), clock: new ManualClock(START_MS), stateFile });
    expect(open).toThrow(/broken\.json is not JSON/);
    writeFileSync(stateFile, '{"version":2}');
    expect(open).toThrow(/broken\.json is not valid/);
    expect(readFileSync(stateFile, 'utf8')).toBe('{"version":2}');
  });
});
