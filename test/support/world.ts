import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANA, BEN, builtIn, IN_A_HURRY, LIWEI, OPS_CHANNEL, openSandbox, type Sandbox } from '../../src/cli/sandbox.ts';
import type { ConfigInput } from '../../src/config.ts';
import type { Incident, IncidentState } from '../../src/domain/incident.ts';
import type { Log } from '../../src/domain/log.ts';
import type { Plan, PlanState } from '../../src/domain/plan.ts';
import type { MessageRef } from '../../src/domain/store.ts';
import { silentLog } from '../../src/log.ts';
import type { Scenario } from '../../src/sandbox/account/schema.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import type { LocalMessage } from '../../src/sandbox/slack/types.ts';

export { ANA, BEN, LIWEI, OPS_CHANNEL };
export const DMITRI = 'U0DMI0004'; // may ask, may not approve
export const START_MS = Date.UTC(2026, 2, 4, 10, 0);
const MINUTE_MS = 60_000;

/**
 * The whole product on the sandbox, with time in the test's hands: the real Bolt app on the local Slack, the real store, the
 * simulated account.
 */
export class World {
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly dir: string;
  minute = 0;
  mayLag = false; // Slack has troubles: what it does not have yet comes with a later tick

  private constructor(sandbox: Sandbox, clock: ManualClock, dir: string) {
    this.sandbox = sandbox;
    this.clock = clock;
    this.dir = dir;
  }

  static async start(scenario: string | Scenario, config: ConfigInput = {}, log: Log = silentLog): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-world-'));
    const clock = new ManualClock(START_MS);
    const parts = { scenario: typeof scenario === 'string' ? builtIn(scenario) : scenario, clock, dir, log, timing: IN_A_HURRY };
    const sandbox = await openSandbox({ ...parts, config: { detection: { worker: false }, ...config } });
    return new World(sandbox, clock, dir);
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Lets so many simulated minutes pass, a tick in each, everything delivered. */
  async pass(minutes: number): Promise<void> {
    for (let done = 0; done < minutes; done += 1) {
      this.clock.advance(MINUTE_MS);
      this.minute += 1;
      await this.tick();
    }
  }

  async tick(): Promise<void> {
    await this.sandbox.app.tick();
    await this.settle();
  }

  /** Waits until nothing is under way and Slack has everything. */
  async settle(): Promise<void> {
    await this.sandbox.app.executor.idle();
    const drained = await this.sandbox.app.slack.delivery.drain(this.mayLag ? 300 : 10_000);
    if (!drained && !this.mayLag) throw new Error('the outbox did not empty');
  }

  /** Passes time until the incident is in one of the states; fails after so many minutes. */
  async untilIncident(states: readonly IncidentState[], mostMinutes = 40): Promise<Incident> {
    return await this.until(`an incident that is ${states.join(' or ')}`, mostMinutes, async () =>
      (await this.incidents()).find((one) => states.includes(one.state)),
    );
  }

  async untilPlan(states: readonly PlanState[], mostMinutes = 40): Promise<Plan> {
    return await this.until(`a plan that is ${states.join(' or ')}`, mostMinutes, async () => (await this.plans()).find((one) => states.includes(one.state)));
  }

  async until<T>(what: string, mostMinutes: number, look: () => Promise<T | undefined>): Promise<T> {
    for (let left = mostMinutes; ; left -= 1) {
      const found = await look();
      if (found !== undefined) return found;
      if (left <= 0) throw new Error(`after ${mostMinutes} minutes there is no ${what}; ${await this.whereItStands()}`);
      await this.pass(1);
    }
  }

  async whereItStands(): Promise<string> {
    const incidents = (await this.incidents()).map((one) => `${one.id} ${one.state} "${one.title}" cause ${one.analysis?.hypotheses[0]?.resourceId ?? '-'}`);
    const plans = (await this.plans()).map((one) => `${one.id} ${one.action} on ${one.targetId} ${one.state}`);
    return `incidents: ${incidents.join('; ') || 'none'}; plans: ${plans.join('; ') || 'none'}`;
  }

  incidents(): Promise<readonly Incident[]> {
    return this.sandbox.app.store.incidents.list({ limit: 50 });
  }

  plans(): Promise<readonly Plan[]> {
    return this.sandbox.app.store.plans.list({ limit: 50 });
  }

  async plan(id: string): Promise<Plan> {
    const plan = await this.sandbox.app.store.plans.get(id);
    if (plan === null) throw new Error(`no plan ${id}`);
    return plan;
  }

  /** Where the card of an incident or plan is. */
  async card(subject: string): Promise<MessageRef> {
    const ref = await this.sandbox.app.store.messages.get(subject);
    if (ref === null) throw new Error(`no card of ${subject}`);
    return ref;
  }

  /** Everything a card says, as one text. */
  async cardText(subject: string): Promise<string> {
    const ref = await this.card(subject);
    const root = this.sandbox.slack.messages(ref.channel).find((message) => message.ts === ref.ts);
    const message = root ?? this.allThreads().find((one) => one.ts === ref.ts && one.channel === ref.channel);
    return message === undefined ? '' : textOf(message);
  }

  /** The replies in an incident's thread, as texts. */
  async thread(incidentId: string): Promise<readonly string[]> {
    const ref = await this.card(incidentId);
    return this.sandbox.slack.thread(ref.channel, ref.ts).slice(1).map(textOf);
  }

  /** A person presses a button on a card and everything that follows happens. */
  async press(userId: string, subject: string, button: string): Promise<void> {
    await this.sandbox.slack.as(userId).click(await this.card(subject), button);
    await this.calm();
  }

  /** A person types a command; the answer that only they see, or that everyone sees, as text. */
  async type(userId: string, command: string, text = ''): Promise<string> {
    const { slack } = this.sandbox;
    const before = slack.messages(OPS_CHANNEL).length;
    const beforeMine = slack.ephemerals(userId).length;
    await slack.as(userId).command(command, text, OPS_CHANNEL);
    const answer = await slack.waitFor(
      `an answer to ${command} ${text}`,
      () => slack.ephemerals(userId).at(beforeMine) ?? slack.messages(OPS_CHANNEL).at(before),
      5000,
    );
    await this.calm();
    return textOf(answer);
  }

  /** What only this person was told last. */
  lastPrivate(userId: string): string {
    const message = this.sandbox.slack.ephemerals(userId).at(-1);
    return message === undefined ? '' : textOf(message);
  }

  /** Slack acknowledges at once and the work follows: waits until two looks in a row see nothing move. */
  async calm(): Promise<void> {
    let before = -1;
    for (let looks = 0; looks < 100; looks += 1) {
      const calls = this.sandbox.slack.calls().length;
      if (calls === before) break;
      before = calls;
      await sleep(60);
    }
    await this.settle();
  }

  private allThreads(): readonly LocalMessage[] {
    const { slack } = this.sandbox;
    return slack.messages(OPS_CHANNEL).flatMap((message) => slack.thread(OPS_CHANNEL, message.ts));
  }
}

/** All words of a message: its text and those of its blocks. */
export function textOf(message: LocalMessage): string {
  const words: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        if (['text', 'alt_text', 'title'].includes(key) && typeof one === 'string') words.push(one);
        else walk(one);
      }
    }
  };
  walk(message.blocks);
  return words.length > 0 ? words.join('\n') : message.text;
}
