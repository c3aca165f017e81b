import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openBase } from '../../src/base.ts';
import { type ConfigInput, parseConfig } from '../../src/config.ts';
import { type Core, createCore } from '../../src/core.ts';
import { system, user } from '../../src/domain/actor.ts';
import type { MetricSeries } from '../../src/domain/metric.ts';
import type { Clock, Directory, MetricSource, Person } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { silentLog } from '../../src/log.ts';
import { DatabaseClock } from '../../src/replicas/clock.ts';
import { anomaly, resource } from '../support/make.ts';
import { Target } from '../support/plans-desk.ts';
import { cpuPattern } from '../support/verbs.ts';

export const ANA = 'U0ANA0001';
export const POLICY = { requesters: ['*'], approvers: [ANA], operators: [ANA], notice_s: 10, target_cooldown_min: 0, actions_per_hour: 1000 };

const person = (id: string): Person => ({ id, name: id, locale: 'en', timeZone: 'UTC', isBot: false, deactivated: false });
const directory: Directory = { person: async (id) => person(id), groupMembers: async () => [] };

interface Member {
  readonly core: Core;
  readonly store: Store;
  /** Leaves, and closes everything. */
  close(): Promise<void>;
}

/** Several opsloops without Slack in one process, on one database and one target. */
export interface TeamDesk {
  readonly target: Target;
  join(over?: { readonly policy?: ConfigInput['policy']; readonly skewMs?: number; readonly metrics?: MetricSource }): Promise<Member>;
}

export function teamDesk(url: () => Promise<string>): TeamDesk {
  const target = new Target(() => Date.now());
  return {
    target,
    async join({ policy = POLICY, skewMs = 0, metrics } = {}) {
      const dir = mkdtempSync(join(tmpdir(), 'opsloop-team-'));
      const knowledge = await openEmbeddedKnowledge(join(dir, 'knowledge.db'));
      await knowledge.save([cpuPattern]); // the library that ships would be read at every start
      await knowledge.close();
      const config = parseConfig({
        store: { url: await url(), connections: 5 },
        knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
        detection: { worker: false },
        loop: { backfill_h: 1 },
        policy,
      });
      const local: Clock = { now: () => Date.now() + skewMs };
      const base = await openBase(config, new DatabaseClock(local));
      const account = { sources: { metrics: metrics === undefined ? [] : [metrics], logs: [], changes: [], alarms: [], topology: [] }, remediator: target };
      const core = createCore(base, { config, account, directory, log: silentLog });
      await core.start();
      let open = true;
      const close = async (): Promise<void> => {
        if (open) await core.close();
        open = false;
        rmSync(dir, { recursive: true, force: true });
      };
      onTestFinished(close);
      return { core, store: base.store, close };
    },
  };
}

/** An incident on a target, of which nobody knows the cause. */
async function incidentOn(store: Store, targetId: string): Promise<string> {
  const atMs = Date.now();
  const trouble = anomaly(targetId, { id: `anomaly-${randomBytes(4).toString('hex')}`, startedAtMs: atMs, lastSeenAtMs: atMs });
  await store.anomalies.save([trouble]);
  const draft = { title: `${targetId} is slow`, severity: 0.8, service: null, environment: 'prod', resourceIds: [targetId] };
  return (await store.incidents.open({ ...draft, openedAtMs: atMs, startedAtMs: atMs, anomalyIds: [trouble.id] }, system('loop'))).id;
}

/** A plan that somebody asked for, on `ecs/one` or `ecs/two`. */
export async function planFor(member: Member, action: string, targetId: string) {
  await member.store.signals.saveTopology({ resources: [resource('ecs/one'), resource('ecs/two')], dependencies: [] });
  const { plan } = await member.core.verbs.proposeFix({ issue: await incidentOn(member.store, targetId), action, targetId }, user('U0DMI0004'));
  return plan;
}

/** One value a minute for each of some hosts, with a jump at a minute for a few of them. */
export const seriesUntil = (hosts: number, fromMs: number, minutes: number, jumpsAt: number): MetricSeries[] =>
  Array.from({ length: hosts }, (_, n) => ({
    ref: { namespace: 'T', name: 'cpu', dimensions: { Host: `h${n}` }, stat: 'Average' },
    ...{ resourceId: `ec2/h${n}`, unit: 'Percent', periodMs: 60_000 },
    points: Array.from({ length: minutes }, (__, minute) => ({
      timestampMs: fromMs + minute * 60_000,
      value: 30 + ((n * 7919 + minute * 104_729) % 17) / 10 + (minute >= jumpsAt && n % 5 === 0 ? 50 : 0),
    })),
  }));
