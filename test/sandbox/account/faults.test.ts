import { describe, expect, it } from 'vitest';
import type { Params } from '../../../src/domain/plan.ts';
import { FAULTS } from '../../../src/sandbox/account/faults/index.ts';
import { builtInScenarios } from '../../../src/sandbox/account/scenario.ts';
import { Drive, START_MS, scenarioOf } from './drive.ts';

interface Case {
  readonly shows: readonly [resource: string, metric: string, dimension?: string];
  readonly by: number; // at least this many times its usual value; below 1: at most
  readonly params?: Params; // of the right action
  readonly wrong: readonly [action: string, target: string, params?: Params];
}

// Each built-in scenario: the metric that tells, how far it moves, and an action that must not help.
const CASES: Record<string, Case> = {
  'bad-config': { shows: ['ecs/checkout', 'HTTPCode_Target_5XX_Count'], by: 20, wrong: ['restart_service', 'ecs/checkout'] },
  'bad-deploy': { shows: ['ecs/payments', 'HTTPCode_Target_5XX_Count'], by: 30, wrong: ['restart_service', 'ecs/payments'] },
  'cache-miss-storm': { shows: ['elasticache/session-cache', 'CacheHitRate'], by: 0.6, wrong: ['reboot_database', 'rds/catalog-db'] },
  'connection-exhaustion': { shows: ['rds/checkout-db', 'DatabaseConnections'], by: 4, params: { limit: 500 }, wrong: ['restart_service', 'ecs/checkout'] },
  'cost-leak': { shows: ['ebs/old-backups', 'HourlySpend'], by: 3, wrong: ['restart_service', 'ecs/web'] },
  'cpu-hog': { shows: ['ecs/search', 'CPUUtilization'], by: 1.8, wrong: ['restart_service', 'ecs/web'] },
  'degraded-host': { shows: ['rds/checkout-db', 'ReadLatency'], by: 10, wrong: ['reboot_database', 'rds/checkout-db'] },
  'disk-filling': { shows: ['ec2/worker-1', 'disk_used_percent'], by: 1.8, wrong: ['restart_service', 'ec2/worker-1'] },
  'expiring-certificate': { shows: ['acm/shop-cert', 'DaysToExpiry'], by: 0.1, wrong: ['revert_config', 'alb/shop'] },
  'idle-instance': { shows: ['ec2/load-test', 'NetworkOut'], by: 20, wrong: ['reboot_instance', 'ec2/load-test'] },
  'memory-leak': { shows: ['ecs/checkout', 'MemoryUtilization'], by: 1.8, wrong: ['scale_out', 'ecs/checkout', { count: 2 }] },
  'open-ingress': { shows: ['vpc/main', 'InboundConnectionAttempts'], by: 10, wrong: ['disable_access_key', 'iam/ci-deployer'] },
  'queue-backlog': { shows: ['sqs/images', 'ApproximateNumberOfMessagesVisible'], by: 100, wrong: ['restart_service', 'ec2/worker-1'] },
  'slow-query': { shows: ['rds/catalog-db', 'ReadLatency'], by: 10, wrong: ['restart_service', 'ecs/catalog'] },
  'suspicious-iam': { shows: ['iam/ci-deployer', 'UnauthorizedAttemptCount'], by: 20, wrong: ['restart_service', 'ecs/web'] },
  'throttled-function': { shows: ['lambda/invoice', 'Throttles'], by: 20, params: { concurrency: 100 }, wrong: ['restart_service', 'lambda/invoice'] },
  'throttled-table': { shows: ['dynamodb/carts', 'ReadThrottleEvents'], by: 100, params: { units: 1000 }, wrong: ['restart_service', 'ecs/checkout'] },
  'traffic-surge': { shows: ['ecs/search', 'TargetResponseTime'], by: 3, params: { count: 2 }, wrong: ['restart_service', 'ecs/search'] },
  'zone-trouble': {
    shows: ['alb/shop', 'HTTPCode_Target_5XX_Count', 'eu-central-1b'],
    by: 30,
    params: { zone: 'affected' },
    wrong: ['leave_zone', 'alb/shop', { zone: 'eu-central-1a' }],
  },
};

const all = builtInScenarios();
const scenarios = all.filter((scenario) => scenario.faults.length === 1);

describe('faults', () => {
  it('has one built-in scenario for each fault, and a case for each scenario', () => {
    expect(scenarios.map((scenario) => scenario.name)).toEqual(Object.keys(CASES).toSorted());
    expect(new Set(all.flatMap((scenario) => scenario.faults.map((fault) => fault.kind)))).toEqual(new Set(FAULTS.map((fault) => fault.kind)));
  });

  for (const scenario of scenarios) {
    const { shows, by, params, wrong } = CASES[scenario.name] as Case;
    const [resource, metric, dimension] = shows;
    const { action = '', cause = '' } = scenario.expect;
    const ratio = async (drive: Drive, from: number, to: number): Promise<number> => {
      const usual = Math.max(/Latency|Time/.test(metric) ? 0 : 0.2, await drive.mean(resource, metric, -60, 4, dimension));
      return (await drive.mean(resource, metric, from, to, dimension)) / usual;
    };
    const isOff = (value: number): boolean => (by < 1 ? value <= by : value >= by);
    const isCalm = (value: number): boolean =>
      (resource === 'ec2/load-test' ? Number.isNaN(value) || value < 2 : value > 0.6 && value < 1.6) || (by > 1 && value < 1);

    it(`${scenario.name}: ${metric} of ${resource} shows it, and ${action} on ${cause} heals it within five minutes`, async () => {
      const drive = new Drive(scenario).to(22);
      expect(isOff(await ratio(drive, 20, 22))).toBe(true);
      await drive.run(action, cause, params);
      drive.to(32);
      expect(await ratio(drive, 27, 32)).toSatisfy(isCalm);
      const [fault] = drive.account.truth().faults;
      expect(fault).toMatchObject({ state: 'over', healedBy: 'step-1', healedMs: START_MS + 23 * 60_000 });
      expect(drive.account.truth().unsafe).toEqual([]);
    });

    it(`${scenario.name}: ${wrong[0]} on ${wrong[1]} does not heal it`, async () => {
      const drive = new Drive(scenario).to(22);
      await drive.run(...wrong);
      drive.to(34);
      expect(isOff(await ratio(drive, 31, 34))).toBe(true);
      expect(drive.account.truth().faults[0]).toMatchObject({ state: 'active', healedMs: null });
    });
  }

  it('is told by its own words in the log of its resource', async () => {
    const words: Record<string, string> = {
      'memory-leak': 'OutOfMemory',
      'connection-exhaustion': 'too many connections',
      'throttled-function': 'Rate Exceeded',
      'throttled-table': 'ProvisionedThroughputExceeded',
      'suspicious-iam': 'AccessDenied',
      'slow-query': 'lock timeout',
    };
    for (const [name, text] of Object.entries(words)) {
      const scenario = scenarios.find((one) => one.name === name);
      if (scenario === undefined) throw new Error(name);
      const drive = new Drive(scenario).to(25);
      const window = { fromMs: START_MS, toMs: drive.clock.now() };
      const found = await drive.account.logs.search({ text, resourceIds: [scenario.expect.cause ?? ''], window, limit: 5 }, AbortSignal.timeout(5000));
      expect(found.items.length, name).toBeGreaterThan(0);
    }
  });

  it('lets a leaky release fill up again after a restart, until it is rolled back', async () => {
    const drive = new Drive(scenarioOf('faults: [{ kind: bad_deploy, target: ecs/checkout, at_min: 2, params: { symptom: memory, size: 0.5 } }]')).to(16);
    expect(await drive.mean('ecs/checkout', 'MemoryUtilization', 15, 16)).toBeGreaterThan(90);
    await drive.run('restart_service', 'ecs/checkout');
    drive.to(18);
    expect(await drive.mean('ecs/checkout', 'MemoryUtilization', 17, 18)).toBeLessThan(65);
    drive.to(34);
    expect(await drive.mean('ecs/checkout', 'MemoryUtilization', 33, 34)).toBeGreaterThan(90);
    await drive.run('rollback_deploy', 'ecs/checkout');
    drive.to(50);
    expect(await drive.mean('ecs/checkout', 'MemoryUtilization', 45, 50)).toBeLessThan(60);
  });

  it('comes back when the action that healed it is taken back', async () => {
    const drive = new Drive(scenarioOf('faults: [{ kind: bad_deploy, target: ecs/payments, at_min: 1 }]')).to(10);
    await drive.run('rollback_deploy', 'ecs/payments');
    drive.to(15);
    const [done] = drive.account.executions;
    if (done === undefined) throw new Error('nothing was executed');
    await drive.account.remediator.rollback({ action: done.action, targetId: done.targetId, params: {} }, done.receipt, AbortSignal.timeout(5000));
    drive.to(20);
    expect(await drive.mean('ecs/payments', 'HTTPCode_Target_5XX_Count', 17, 20)).toBeGreaterThan(50);
    expect(drive.account.truth().faults[0]?.state).toBe('active');
  });

  it('passes by itself where the scenario says so', async () => {
    const drive = new Drive(scenarioOf('faults: [{ kind: traffic_surge, target: ecs/search, at_min: 2, params: { for_min: 10 } }]')).to(20);
    expect(drive.account.truth().faults[0]).toMatchObject({ state: 'over', healedBy: null });
  });

  it('can be injected into a running account, counted from that moment', async () => {
    const drive = new Drive(scenarioOf('')).to(30);
    const id = drive.account.inject('{ kind: cpu_hog, target: ecs/web, at_min: 5 }');
    drive.to(45);
    expect(drive.account.truth().faults).toMatchObject([{ id, startMs: START_MS + 36 * 60_000, state: 'active' }]);
    expect(await drive.mean('ecs/web', 'CPUUtilization', 40, 45)).toBeGreaterThan(90);
  });
});
