import type { Params } from '../../../src/domain/plan.ts';
import { createSandboxAccount, type SandboxAccount } from '../../../src/sandbox/account/account.ts';
import { parseScenario } from '../../../src/sandbox/account/scenario.ts';
import type { Scenario } from '../../../src/sandbox/account/schema.ts';
import { ManualClock } from '../../../src/sandbox/clock.ts';

export const START_MS = Date.UTC(2026, 2, 18, 10, 0);
const MINUTE_MS = 60_000;
export const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** A scenario from its YAML with the fields that most tests do not care about filled in. */
export const scenarioOf = (yaml: string): Scenario => parseScenario(`name: test\ntitle: Test\nexpect: { incidents: 0 }\n${yaml}`, 'test.yaml');

/** An account driven by minutes since its start. */
export class Drive {
  readonly clock = new ManualClock(START_MS);
  readonly account: SandboxAccount;
  #steps = 0;

  constructor(scenario: Scenario, options: { readonly seed?: number; readonly stateFile?: string } = {}) {
    this.account = createSandboxAccount({ scenario, clock: this.clock, ...options });
  }

  to(minute: number): this {
    this.clock.advance(START_MS + minute * MINUTE_MS - this.clock.now());
    this.account.advanceTo(this.clock.now());
    return this;
  }

  async run(action: string, targetId: string, params: Params = {}): Promise<void> {
    this.#steps += 1;
    await this.account.remediator.execute({ action, targetId, params }, `step-${this.#steps}`, signal());
  }

  /** Values of one metric of a resource over minutes `from`..`to`; `dimension` narrows to series that have this value. */
  async values(resourceId: string, metric: string, from: number, to: number, dimension?: string): Promise<number[]> {
    const window = { fromMs: START_MS + (from - 1) * MINUTE_MS, toMs: START_MS + to * MINUTE_MS };
    const { items } = await this.account.metrics.read(window, signal());
    const series = items.find(
      (one) => one.resourceId === resourceId && one.ref.name === metric && (dimension === undefined || Object.values(one.ref.dimensions).includes(dimension)),
    );
    return series?.points.map((point) => point.value) ?? [];
  }

  async mean(resourceId: string, metric: string, from: number, to: number, dimension?: string): Promise<number> {
    const values = await this.values(resourceId, metric, from, to, dimension);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}
