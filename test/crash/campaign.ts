import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { pick } from '../../src/sandbox/account/prng.ts';
import { cpuPattern } from '../support/verbs.ts';
import { FLOWS, type Flow } from './flows.ts';
import { Lane, type Places } from './lane.ts';
import type { Kill } from './messages.ts';
import type { RunResult, Script } from './script.ts';

const LANES = 2;
const RUNS_A_LANE = 100; // then it begins anew: a world grows with what happened in it
const MOST_SKIP = 3;
const MOST_TRIES = 8;

/** Where a point can be reached: the flow, and what the lives before the one that meets it died of. */
interface Way {
  readonly flow: Flow;
  readonly before: readonly Kill[];
}

export interface CampaignResult {
  crashes: number;
  readonly points: number;
  readonly pointsHit: number;
  readonly missed: readonly string[];
  doubleExecutions: number;
  lostReports: number;
  lostAlerts: number;
  brokenChains: number;
  readonly failures: string[];
}

/** Kills here leave it to the next life to find out what happened. */
const AT_THE_TARGET = 'remediator.execute';

/**
 * Runs each flow once undisturbed and once with a first kill at the target, to learn every point there is, of normal lives and
 * of recoveries. Then kills the bot `crashes` times: first at each point once, in an order the seed gives, then at points and
 * passes drawn by the seed. After `mostMs` of real time no further run begins.
 */
export async function campaign(crashes: number, seed: number, progress: (line: string) => void, mostMs = Number.POSITIVE_INFINITY): Promise<CampaignResult> {
  const endsAtMs = Date.now() + mostMs;
  const shared = mkdtempSync(join(tmpdir(), 'opsloop-crash-shared-'));
  const places = { cache: join(shared, 'cache'), knowledge: join(shared, 'knowledge') };
  await knowOnePattern(places);
  const tally = new Tally();
  const lanes = new Lanes(places, tally);
  const ways = new Map<string, Way[]>();
  const learn = (script: Script, result: RunResult): void => {
    if (result.state !== script.flow.ends && script.lives.length === 1) tally.failures.push(`"${script.flow.name}" ended as ${result.state}`);
    const before = script.lives.filter((life): life is Kill => life !== null && life !== 'record');
    for (const point of result.points) ways.set(point, [...(ways.get(point) ?? []), { flow: script.flow, before }]);
  };
  await lanes.run(enumerations(), learn);
  await lanes.run(secondLives(ways), learn);
  progress(`${ways.size} points in ${FLOWS.length} flows`);
  await lanes.run(kills(ways, tally, { crashes, seed, endsAtMs }), () => progress(`${tally.crashes} crashes, ${tally.hit.size} points hit`));
  await lanes.close();
  rmSync(shared, { recursive: true, force: true });
  const missed = [...ways.keys()].filter((point) => !tally.hit.has(point));
  return { ...tally.figures(), points: ways.size, pointsHit: ways.size - missed.length, missed };
}

/** A knowledge base with one pattern in it: the library that ships would be read at every start, and nothing here asks for it. */
async function knowOnePattern({ knowledge }: Places): Promise<void> {
  mkdirSync(knowledge, { recursive: true });
  const base = await openEmbeddedKnowledge(join(knowledge, 'knowledge.db'));
  await base.save([cpuPattern]);
  await base.close();
}

class Tally {
  crashes = 0;
  readonly hit = new Set<string>();
  readonly failures: string[] = [];
  #double = 0;
  #reports = 0;
  #alerts = 0;
  brokenChains = 0;

  add(script: Script, result: RunResult): void {
    this.crashes += result.crashes;
    for (const point of result.hit) this.hit.add(point);
    const faults = Object.entries({ doubleExecution: result.doubleExecution, lostReport: result.lostReport, lostAlert: result.lostAlert });
    const found = faults.filter(([, yes]) => yes).map(([name]) => name);
    if (found.length > 0)
      this.failures.push(`${found.join(', ')}: "${script.flow.name}", ${result.state}, killed at ${result.hit.join(' then ') || 'no point'}; ${result.story}`);
    this.#double += result.doubleExecution ? 1 : 0;
    this.#reports += result.lostReport ? 1 : 0;
    this.#alerts += result.lostAlert ? 1 : 0;
  }

  figures() {
    const { crashes, failures, brokenChains } = this;
    return { crashes, failures, brokenChains, doubleExecutions: this.#double, lostReports: this.#reports, lostAlerts: this.#alerts };
  }
}

function* enumerations(): Generator<Script> {
  for (const flow of FLOWS) yield { flow, lives: ['record'] };
}

/** Killed before and after the call to a target, one that can tell what happened and one that cannot, and the life after that recorded. */
function* secondLives(ways: ReadonlyMap<string, readonly Way[]>): Generator<Script> {
  const points = [...ways.keys()].filter((point) => point.startsWith(AT_THE_TARGET));
  for (const point of points) {
    const flows = (ways.get(point) ?? []).map((way) => way.flow);
    for (const flow of [flows.find((one) => one.targetId === 'ecs/plain'), flows.find((one) => one.targetId === 'ecs/forgets')])
      if (flow !== undefined) yield { flow, lives: [{ point, skip: 0 }, 'record'] };
  }
}

interface Bounds {
  readonly crashes: number;
  readonly seed: number;
  readonly endsAtMs: number;
}

/** Points not hit yet come first; one that was not reached gets another two tries. */
function* kills(ways: ReadonlyMap<string, readonly Way[]>, tally: Tally, { crashes, seed, endsAtMs }: Bounds): Generator<Script> {
  const points = shuffled([...ways.keys()], seed);
  const tries = new Map<string, number>();
  const until = tally.crashes + crashes;
  for (let n = 0; tally.crashes < until && n < crashes * 3 && Date.now() < endsAtMs; n += 1) {
    const fresh = points
      .filter((one) => !tally.hit.has(one) && (tries.get(one) ?? 0) < MOST_TRIES)
      .sort((a, b) => (tries.get(a) ?? 0) - (tries.get(b) ?? 0))[0];
    const point = fresh ?? points[pick(seed, 2, n, points.length)];
    if (point === undefined) return;
    const tried = tries.get(point) ?? 0;
    tries.set(point, tried + 1);
    const found = ways.get(point) ?? [];
    const way = found[(pick(seed, 3, n, found.length) + tried) % found.length];
    if (way === undefined) continue;
    const skip = fresh === undefined ? pick(seed, 4, n, MOST_SKIP) : 0;
    yield { flow: way.flow, lives: [...way.before, { point, skip }] };
  }
}

/** The same order for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, at: pick(seed, 1, index, 1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Takes scripts one by one, each lane its own; a lane begins anew after so many. */
class Lanes {
  readonly #places: Places;
  readonly #tally: Tally;
  readonly #open: { lane: Lane; runs: number }[] = [];

  constructor(places: Places, tally: Tally) {
    this.#places = places;
    this.#tally = tally;
  }

  async run(scripts: Iterator<Script>, done: (script: Script, result: RunResult) => void): Promise<void> {
    const work = async (): Promise<void> => {
      for (let next = scripts.next(); next.done !== true; next = scripts.next()) {
        const place = this.#open.pop() ?? { lane: await Lane.open(this.#places), runs: 0 };
        const result = await place.lane.run(next.value);
        place.runs += 1;
        this.#tally.add(next.value, result);
        done(next.value, result);
        if (place.runs < RUNS_A_LANE) this.#open.push(place);
        else await this.#shut(place.lane);
      }
    };
    await Promise.all(Array.from({ length: LANES }, work));
  }

  async close(): Promise<void> {
    for (const { lane } of this.#open.splice(0)) await this.#shut(lane);
  }

  async #shut(lane: Lane): Promise<void> {
    if (!(await lane.auditHolds())) this.#tally.brokenChains += 1;
    await lane.close();
  }
}
