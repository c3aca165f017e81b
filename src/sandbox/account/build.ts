import { OpsError } from '../../domain/errors.ts';
import type { Resource, Topology } from '../../domain/resource.ts';
import { streamOf } from './prng.ts';
import type { DependencySpec, Kind, ResourceSpec, Scenario, TopologySpec } from './schema.ts';
import { startMinute } from './schema.ts';
import { TOPOLOGIES, type TopologyPlan } from './topologies.ts';
import type { Node, Settings, World } from './world.ts';
import { neutralEffects, noReadings } from './world.ts';

export const ZONES = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'] as const;

const LATENCY_MS: Record<Kind, number> = {
  alb: 1,
  ecs: 25,
  ec2: 60,
  rds: 4,
  elasticache: 0.7,
  sqs: 6,
  lambda: 400,
  dynamodb: 5,
  ebs: 1,
  iam: 1,
  vpc: 1,
  acm: 1,
  config: 1,
};
const BUSY_AT_PEAK: Partial<Record<Kind, number>> = { ecs: 0.55, ec2: 0.5, rds: 0.42, elasticache: 0.3, dynamodb: 0.5, alb: 0.3, lambda: 0.2 };

/** Resources and dependencies of a scenario, overrides applied. Callers come before what they call. Refuses dangling and circular dependencies, naming them. */
export function resolveTopology(spec: TopologySpec): TopologyPlan {
  const { resources, dependencies } = withOverrides(spec);
  return { resources: inOrder(resources, dependencies), dependencies };
}

function withOverrides(spec: TopologySpec): TopologyPlan {
  if (typeof spec === 'string') return TOPOLOGIES[spec];
  const base = spec.base === 'none' ? { resources: [], dependencies: [] } : TOPOLOGIES[spec.base];
  const resources = new Map<string, ResourceSpec>();
  for (const resource of base.resources) resources.set(resource.id, resource);
  for (const resource of spec.resources) resources.set(resource.id, { ...resources.get(resource.id), ...resource });
  for (const id of spec.remove) {
    if (!resources.delete(id)) throw new OpsError('invalid_input', `topology.remove names ${id}, which is not there.`, `Resources: ${known(resources)}.`);
  }
  const links = new Map<string, DependencySpec>();
  for (const edge of base.dependencies) if (resources.has(edge.from) && resources.has(edge.to)) links.set(`${edge.from} ${edge.to}`, edge);
  for (const edge of spec.dependencies) {
    for (const end of [edge.from, edge.to]) {
      if (!resources.has(end)) {
        throw new OpsError('invalid_input', `topology.dependencies names ${end}, which is not a resource.`, `Resources: ${known(resources)}.`);
      }
    }
    links.set(`${edge.from} ${edge.to}`, edge);
  }
  if (resources.size === 0) throw new OpsError('invalid_input', 'topology has no resources.', 'Name at least one, or use base: default.');
  return { resources: [...resources.values()], dependencies: [...links.values()] };
}

const known = (resources: ReadonlyMap<string, unknown>): string => [...resources.keys()].slice(0, 40).join(', ');

/** Callers before what they call. */
function inOrder(resources: readonly ResourceSpec[], dependencies: readonly DependencySpec[]): ResourceSpec[] {
  const waiting = new Map(resources.map((resource) => [resource.id, 0]));
  for (const edge of dependencies) waiting.set(edge.to, (waiting.get(edge.to) ?? 0) + 1);
  const ready = resources.filter((resource) => waiting.get(resource.id) === 0);
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  for (const resource of ready) {
    for (const edge of dependencies) {
      if (edge.from !== resource.id) continue;
      const left = (waiting.get(edge.to) ?? 0) - 1;
      waiting.set(edge.to, left);
      const callee = byId.get(edge.to);
      if (left === 0 && callee !== undefined) ready.push(callee);
    }
  }
  if (ready.length === resources.length) return ready;
  const stuck = resources.filter((resource) => (waiting.get(resource.id) ?? 0) > 0).map((resource) => resource.id);
  throw new OpsError('invalid_input', `topology.dependencies go in a circle through ${stuck.slice(0, 8).join(', ')}.`, 'Remove one of the links.');
}

const kindOf = (id: string): Kind => id.slice(0, id.indexOf('/')) as Kind;

function settingsOf(spec: ResourceSpec): Settings {
  return {
    count: spec.count ?? 1,
    size: 1,
    concurrency: spec.concurrency ?? 50,
    units: spec.units ?? 0, // 0: set from its peak when built
    connectionLimit: spec.connection_limit ?? 200,
    volumeGb: spec.volume_gb ?? 100,
    closedZones: [],
    version: 41,
    config: 12,
    keyActive: true,
    ingressOpen: false,
    certificateDays: 214,
    snapshots: spec.snapshots ?? 0,
    volumes: spec.volumes ?? (kindOf(spec.id) === 'ebs' && spec.snapshots === undefined ? 1 : 0),
    running: true,
    exists: true,
    primary: 'a',
  };
}

function resourceOf(spec: ResourceSpec): Resource {
  const kind = kindOf(spec.id);
  const name = spec.id.slice(kind.length + 1);
  const service = spec.service ?? name;
  const environment = spec.environment ?? 'prod';
  return { id: spec.id, kind, name, service, environment, zone: spec.zone ?? null, tags: { Service: service, Environment: environment, ...spec.tags } };
}

const countsUnits = (kind: Kind): boolean => kind === 'ecs' || kind === 'ec2' || kind === 'elasticache';

function nodeOf(spec: ResourceSpec, index: number, peak: number): Node {
  const kind = kindOf(spec.id);
  const built = settingsOf(spec);
  if (built.units === 0) built.units = Math.max(50, Math.ceil(peak / 60 / (spec.busy_at_peak ?? 0.5) / 10) * 10);
  const busy = spec.busy_at_peak ?? BUSY_AT_PEAK[kind] ?? 0.5;
  return {
    index,
    stream: streamOf(spec.id),
    resource: resourceOf(spec),
    edges: [],
    callers: [],
    built,
    sizing: {
      peak: Math.max(peak, 1),
      perUnit: Math.max(peak, 1) / busy / (countsUnits(kind) ? built.count : 1),
      baseLatencyMs: spec.latency_ms ?? LATENCY_MS[kind],
      baseMemory: spec.memory_percent ?? 45,
      baseDisk: spec.disk_percent ?? 40,
    },
    settings: { ...built },
    effects: neutralEffects(),
    now: noReadings(),
    blip: null,
  };
}

/** Where users come in: load balancers that nothing calls, else services that nothing calls. */
function entryIds(specs: readonly ResourceSpec[], dependencies: readonly DependencySpec[]): string[] {
  const called = new Set(dependencies.map((edge) => edge.to));
  const roots = specs.filter((spec) => !called.has(spec.id)).map((spec) => spec.id);
  const doors = roots.filter((id) => kindOf(id) === 'alb');
  return doors.length > 0 ? doors : roots.filter((id) => ['ecs', 'ec2', 'lambda', 'sqs'].includes(kindOf(id)));
}

/** Requests a minute that reach each resource at the usual peak. `specs` in calling order. */
function peaksOf(specs: readonly ResourceSpec[], dependencies: readonly DependencySpec[], entries: readonly string[], peakRpm: number): Map<string, number> {
  const peaks = new Map(entries.map((id) => [id, peakRpm / entries.length]));
  for (const spec of specs) {
    const own = peaks.get(spec.id) ?? 0;
    for (const edge of dependencies) {
      if (edge.from === spec.id) peaks.set(edge.to, (peaks.get(edge.to) ?? 0) + own * edge.per_request);
    }
  }
  return peaks;
}

/** The account of a scenario in its healthy state. Every resource is sized for its share of the usual peak. */
export function buildWorld(scenario: Scenario, seed: number): World {
  const { resources: specs, dependencies } = resolveTopology(scenario.topology);
  const entries = entryIds(specs, dependencies);
  const peaks = peaksOf(specs, dependencies, entries, scenario.traffic.peak_rpm);
  const nodes = specs.map((spec, index) => nodeOf(spec, index, peaks.get(spec.id) ?? 0));
  const byId = new Map(nodes.map((node) => [node.resource.id, node]));
  for (const edge of dependencies) {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (from === undefined || to === undefined) continue;
    from.edges.push({ to, kind: edge.kind, perRequest: edge.per_request });
    to.callers.push(from);
  }
  const { peak_rpm: peakRpm, night, weekend, noise } = scenario.traffic;
  return {
    nodes,
    byId,
    entries: entries.flatMap((id) => byId.get(id) ?? []),
    seed,
    rhythm: { peakRpm, night, weekend, noise, offsetMinutes: startMinute(scenario) },
  };
}

/** What the account shows of itself: resources that still exist, and who depends on whom. */
export function topologyOf(world: World): Topology {
  const there = world.nodes.filter((node) => node.settings.exists);
  return {
    resources: there.map((node) => node.resource),
    dependencies: there.flatMap((node) =>
      node.edges.filter((edge) => edge.to.settings.exists).map((edge) => ({ from: node.resource.id, to: edge.to.resource.id, kind: edge.kind })),
    ),
  };
}
