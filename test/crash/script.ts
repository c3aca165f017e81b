import type { Plan } from '../../src/domain/plan.ts';
import type { Flow } from './flows.ts';
import type { Faults } from './judge.ts';
import type { Kill } from './messages.ts';

/** What one life of the bot is for: to die somewhere, to collect the points it comes by, or (null) just to live. */
export type Errand = Kill | 'record' | null;

/** What one run is to do, life by life of the bot. */
export interface Script {
  readonly flow: Flow;
  readonly lives: readonly Errand[];
}

export interface RunResult extends Faults {
  readonly crashes: number;
  readonly state: Plan['state'];
  readonly points: readonly string[]; // of the life that was recorded
  readonly hit: readonly string[];
  readonly story: string; // when something went wrong: what the bot and Slack did last
}

/** Which life of the bot it is, and what that one is to die of. */
export class Life {
  readonly #script: Script;
  readonly hit: string[] = [];
  crashes = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  get now(): Errand {
    return this.#script.lives[this.crashes] ?? null;
  }

  get recorded(): boolean {
    return this.now === 'record';
  }

  /** `how`: by which signal or with which status; only for whoever has to find out why. */
  died(how: string): void {
    const what = this.now;
    if (what === null || what === 'record') throw new Error(`the bot died (${how}) and nobody killed it`);
    this.hit.push(what.point);
    this.crashes += 1;
  }
}
