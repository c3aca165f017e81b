import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBase } from '../base.ts';
import { parseConfig } from '../config.ts';
import { createCore } from '../core.ts';
import { user } from '../domain/actor.ts';
import type { Directory } from '../domain/ports.ts';
import { silent, type Tell } from '../domain/step.ts';
import { silentLog } from '../log.ts';
import { createSandboxAccount } from '../sandbox/account/account.ts';
import { gamedayScenarios, loadScenarios } from '../sandbox/account/scenario.ts';
import { type Scenario, startMinute } from '../sandbox/account/schema.ts';
import { ManualClock } from '../sandbox/clock.ts';
import { type FaultResult, judge, type ScenarioResult, summarise } from './gameday-figures.ts';

const MINUTE_MS = 60_000;
const MONDAY_MS = Date.UTC(2026, 2, 2); // scenarios start within this week
const APPROVERS = ['U0FIRST', 'U0SECOND', 'U0THIRD'];

/** People who approve whatever is proposed: the harshest judges of what a bot proposes. */
const directory: Directory = {
  person: async (id) => ({ id, name: id, locale: 'en', timeZone: 'UTC', isBot: false, deactivated: false }),
  groupMembers: async () => [],
};

/** Plays every scenario of a folder (the project's own without one) through the whole loop, with the configuration that ships. */
export async function scoreGameday(dir: string | null, tell: Tell = silent): Promise<{ json: unknown; table: string }> {
  const scenarios = dir === null ? gamedayScenarios() : loadScenarios(dir);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    tell(results.length, scenarios.length);
    results.push(await play(scenario));
  }
  const json = summarise(results);
  return { json, table: [...results.map(line), '', ...Object.entries(json).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)].join('\n') };
}

/** One scenario: a tick a minute, approvals a minute after they are asked for. */
export async function play(scenario: Scenario): Promise<ScenarioResult> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-gameday-'));
  const startMs = MONDAY_MS + startMinute(scenario) * MINUTE_MS;
  const clock = new ManualClock(startMs);
  const account = createSandboxAccount({ scenario, clock, startMs });
  const config = parseConfig({
    store: { path: join(dir, 'opsloop.db') },
    knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
    loop: { backfill_h: scenario.warm_up_hours },
    detection: { worker: false },
    policy: { requesters: ['*'], approvers: APPROVERS },
  });
  const { metrics, logs, changes, alarms, topology, remediator } = account;
  const sources = { metrics: [metrics], logs: [logs], changes: [changes], alarms: [alarms], topology: [topology] };
  const base = await openBase(config, clock);
  const core = createCore(base, { config, account: { sources, remediator }, directory, log: silentLog });
  try {
    for (let minute = 0; minute <= scenario.duration_min; minute += 1) {
      for (const plan of await base.store.plans.list({ states: ['awaiting_approval'], limit: 50 })) {
        for (const approver of APPROVERS.slice(0, plan.approvalsNeeded)) await core.verbs.approve(plan.id, user(approver), { via: 'api', digest: null });
      }
      await core.tick();
      await core.executor.idle();
      clock.advance(MINUTE_MS);
    }
    const [incidents, plans] = await Promise.all([base.store.incidents.list({ limit: 1000 }), base.store.plans.list({ limit: 1000 })]);
    return judge(scenario, account.truth(), incidents, plans);
  } finally {
    await core.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function line(result: ScenarioResult): string {
  const faults = result.faults.map((fault: FaultResult) => {
    const parts = [
      fault.detected ? `found after ${fault.minutesToDetect} min` : 'MISSED',
      fault.causeFirst ? 'cause' : `CAUSE ${fault.cause}`,
      fault.rightAction ? 'action' : `ACTION ${fault.action}`,
    ];
    return `${fault.kind} on ${fault.target}: ${[...parts, fault.minutesToHeal === null ? 'NOT healed' : `healed after ${fault.minutesToHeal} min`, `${fault.incidents} incidents`].join(', ')}`;
  });
  const noise = result.falseIncidents.map((incident) => `FALSE "${incident.title}" at minute ${incident.minute}`);
  return `${result.scenario}: ${[...faults, ...noise, ...(result.unsafe > 0 ? [`${result.unsafe} UNSAFE`] : [])].join('; ') || 'quiet'}`;
}
