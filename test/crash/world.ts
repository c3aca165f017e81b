import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ANA, BEN, IN_A_HURRY, LIWEI, OPS_CHANNEL } from '../../src/cli/sandbox.ts';
import { system } from '../../src/domain/actor.ts';
import { INCIDENT_STATES } from '../../src/domain/incident.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Store } from '../../src/domain/store.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { openStore } from '../../src/store/open.ts';
import { anomaly, resource } from '../support/make.ts';
import { START_MS } from '../support/world.ts';
import { type JournalLine, readJournal, TARGETS } from './account.ts';
import type { Flow } from './flows.ts';
import { type Faults, faultsOf } from './judge.ts';
import type { Go } from './messages.ts';
import type { Errand } from './script.ts';

const APPROVERS = [ANA, BEN, LIWEI];
const MINUTE_MS = 60_000;
const POLICY = {
  requesters: ['*'],
  approvers: APPROVERS,
  operators: [ANA],
  notice_s: 60,
  target_cooldown_min: 0,
  actions_per_hour: 1000,
  max_attempts_per_incident: 1,
};

/** What outlives every bot that is killed on it: a Slack with its people, a database, an account, and the time. */
export class World {
  readonly slack: LocalSlack;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly #dir: string;
  readonly #knowledge: string;

  private constructor(dir: string, knowledge: string, slack: LocalSlack, store: Store, clock: ManualClock) {
    this.#dir = dir;
    this.#knowledge = knowledge;
    this.slack = slack;
    this.store = store;
    this.clock = clock;
  }

  /** `knowledge`: the folder of a knowledge base that nothing here changes. */
  static async open(knowledge: string): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-crash-'));
    const clock = new ManualClock(START_MS);
    const slack = await startLocalSlack({ manifest: parse(readFileSync('manifest.yml', 'utf8')), clock });
    const store = await openStore(join(dir, 'opsloop.db'));
    await store.signals.saveTopology({ resources: Object.keys(TARGETS).map((id) => resource(id)), dependencies: [] });
    return new World(dir, knowledge, slack, store, clock);
  }

  async close(): Promise<void> {
    await this.slack.stop();
    await this.store.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** What a bot is told when it starts here. */
  goFor(first: Errand): Go {
    const { botToken, appToken, apiUrl } = this.slack;
    const slack = { botToken, appToken, apiUrl, channel: OPS_CHANNEL };
    return { type: 'go', dir: this.#dir, knowledge: this.#knowledge, nowMs: this.clock.now(), slack, timing: IN_A_HURRY, policy: POLICY, first };
  }

  journal(): readonly JournalLine[] {
    return readJournal(join(this.#dir, 'journal.jsonl'));
  }

  /** Whether the audit chain still holds after everything that happened. */
  async auditHolds(): Promise<boolean> {
    return (await this.store.audit.verify()).brokenAt === null;
  }

  /** Trouble on the flow's target, as an incident of which nobody knows the cause. */
  async openIncident({ targetId }: Flow): Promise<string> {
    const startedAtMs = this.clock.now();
    const trouble = anomaly(targetId, { id: `anomaly-${startedAtMs}`, startedAtMs, lastSeenAtMs: startedAtMs });
    await this.store.anomalies.save([trouble]);
    const times = { openedAtMs: startedAtMs, startedAtMs };
    const { id } = await this.store.incidents.open(
      { title: `${targetId} is slow`, severity: 0.8, service: null, environment: 'prod', resourceIds: [targetId], ...times, anomalyIds: [trouble.id] },
      system('loop'),
    );
    await this.store.incidents.move(id, { from: ['open'], to: 'unresolved', actor: system('loop'), verb: 'incident.analysed', atMs: startedAtMs });
    return id;
  }

  async closeIncident(id: string): Promise<void> {
    const atMs = this.clock.now();
    const patch = { resolvedAtMs: atMs, resolution: 'closed' as const };
    await this.store.incidents.move(id, { from: INCIDENT_STATES, to: 'resolved', patch, actor: system('loop'), verb: 'incident.closed', atMs });
    this.clock.advance(MINUTE_MS);
  }

  /** Everybody who is still needed presses at the same moment, twice. */
  async press(plan: Plan): Promise<void> {
    const ref = await this.store.messages.get(plan.id);
    if (ref === null) return;
    const people = APPROVERS.filter((id) => !plan.approvals.some((approval) => approval.userId === id)).slice(0, plan.approvalsNeeded);
    for (const userId of [...people, ...people]) {
      this.slack
        .as(userId)
        .click(ref, 'ops:approve')
        .catch(() => undefined); // the bot may die over it, the button may be gone
    }
  }

  /** What alarmed is over. */
  async heal(plan: Plan): Promise<void> {
    const found = await this.store.anomalies.ofIncident(plan.incidentId ?? '');
    await this.store.anomalies.save(found.map((one) => ({ ...one, endedAtMs: one.endedAtMs ?? this.clock.now() })));
  }

  /** What went wrong in one run; `journal` holds what the account wrote during it. */
  async faultsOf(plan: Plan, incidentId: string, journal: readonly JournalLine[]): Promise<Faults> {
    const ref = await this.store.messages.get(incidentId);
    return faultsOf({ plan, incidentId, journal, ref, slack: this.slack, channel: OPS_CHANNEL });
  }

  /** What the bot and Slack did last, for whoever has to find out why. */
  async tell(planId: string): Promise<string> {
    const rows = (await this.store.audit.list({ subject: planId, limit: 100 })).map((row) => `${row.verb}@${(row.atMs - START_MS) / 1000}`);
    const calls = this.slack.calls().slice(-12);
    const said = calls.map((call) => `${call.method} ${call.outcome} ${Math.round(call.tookMs)} ms @${(call.atMs - START_MS) / 1000}`);
    const now = (this.clock.now() - START_MS) / 1000;
    return `at ${now} s, ${await this.store.outbox.size()} notices wait; ${rows.join(', ')}; Slack: ${said.join(', ')}`;
  }
}
