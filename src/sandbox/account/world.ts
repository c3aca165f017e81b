import type { Resource } from '../../domain/resource.ts';

/** A call from one resource to another. */
export interface Edge {
  readonly to: Node;
  readonly kind: 'calls' | 'runs_on' | 'reads' | 'writes';
  readonly perRequest: number; // calls to `to` for one request to the caller
}

/** What an operator can change about a resource; actions and some faults write here. */
export interface Settings {
  count: number; // tasks or instances
  size: number; // 1 is the size it was built with, 2 twice that
  concurrency: number; // reserved concurrency of a function
  units: number; // provisioned capacity of a table, a second
  connectionLimit: number;
  volumeGb: number;
  closedZones: readonly string[];
  version: number; // of the deployed code
  config: number; // revision of the configuration
  keyActive: boolean;
  ingressOpen: boolean;
  certificateDays: number;
  snapshots: number;
  volumes: number;
  running: boolean;
  exists: boolean;
  primary: 'a' | 'b'; // which host of a database pair serves
}

/** What faults and blips push on a resource in this minute; neutral again before each. */
export interface Effects {
  cpuAdd: number; // percentage points
  memoryAdd: number; // percentage points
  diskAdd: number; // percentage points of the volume as built
  latencyFactor: number;
  latencyAddMs: number;
  errorAdd: number; // share of requests
  capacityFactor: number;
  connectionsAdd: number;
  missRate: number; // of a cache; 0: its usual one
  evictions: number; // a minute
  demandFactor: number;
  iopsFactor: number;
  eventsAdd: number; // refused calls, or changes of security groups, a minute
  callsAdd: number; // API calls a minute
  bytesFactor: number; // outgoing traffic
  sickZone: number; // index of the zone whose targets fail; -1: none
}

/** What came of this minute. */
export interface Readings {
  demand: number; // requests or messages a minute
  load: number; // demand relative to the usual peak
  cpu: number; // percent
  memory: number;
  disk: number;
  latencyMs: number;
  errorShare: number;
  connections: number;
  refused: number; // connections refused a minute
  depth: number; // messages waiting
  ageS: number;
  out: number; // messages taken out a minute
  throttled: number; // a minute
  concurrent: number;
  missRate: number;
}

/** How large a resource was built, so that its usual peak is comfortable. */
export interface Sizing {
  peak: number; // requests a minute at the usual peak
  perUnit: number; // requests a minute that keep one unit fully busy
  baseLatencyMs: number;
  baseMemory: number;
  baseDisk: number;
}

/** A restart or change in progress: a minute or two in which less is served. */
export interface Blip {
  readonly untilMinute: number; // the first minute that is normal again
  readonly capacityFactor: number;
  readonly errorAdd: number;
  readonly missRate: number; // of a cache
}

export interface Node {
  readonly index: number;
  readonly stream: number; // for noise: depends on the name only, so that an added resource changes no other
  readonly resource: Resource;
  readonly edges: Edge[];
  readonly callers: Node[];
  readonly built: Readonly<Settings>;
  readonly sizing: Sizing;
  settings: Settings;
  readonly effects: Effects;
  readonly now: Readings;
  blip: Blip | null;
}

export interface World {
  readonly nodes: readonly Node[]; // callers before what they call
  readonly byId: ReadonlyMap<string, Node>;
  readonly entries: readonly Node[]; // where users come in
  readonly seed: number;
  readonly rhythm: Rhythm;
}

/** Users' requests: the usual peak a minute and how they come and go. Minutes count from the start of the scenario. */
export interface Rhythm {
  readonly peakRpm: number;
  readonly night: number; // share of the peak in the quietest hour
  readonly weekend: number; // Saturday and Sunday relative to a weekday
  readonly noise: number; // relative standard deviation
  readonly offsetMinutes: number; // minute of the week (Monday 00:00 is 0) at the start
}

export const neutralEffects = (): Effects => ({
  cpuAdd: 0,
  memoryAdd: 0,
  diskAdd: 0,
  latencyFactor: 1,
  latencyAddMs: 0,
  errorAdd: 0,
  capacityFactor: 1,
  connectionsAdd: 0,
  missRate: 0,
  evictions: 0,
  demandFactor: 1,
  iopsFactor: 1,
  eventsAdd: 0,
  callsAdd: 0,
  bytesFactor: 1,
  sickZone: -1,
});

const NEUTRAL = neutralEffects();
export const clearEffects = (effects: Effects): Effects => Object.assign(effects, NEUTRAL);

export const noReadings = (): Readings => ({
  demand: 0,
  load: 0,
  cpu: 0,
  memory: 0,
  disk: 0,
  latencyMs: 0,
  errorShare: 0,
  connections: 0,
  refused: 0,
  depth: 0,
  ageS: 0,
  out: 0,
  throttled: 0,
  concurrent: 0,
  missRate: 0,
});
