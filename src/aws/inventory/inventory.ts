import { OpsError } from '../../domain/errors.ts';
import type { Clock, TopologySource } from '../../domain/ports.ts';
import type { Dependency, Resource, Topology } from '../../domain/resource.ts';
import { reading } from '../errors.ts';
import { appConfigId } from '../names.ts';
import { isAt, type Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { instances, scalingGroups, securityGroups, services, volumes } from './compute.ts';
import { caches, databases, queues, tables } from './data.ts';
import { balancers, functions, users } from './edge.ts';
import { Naming, type Part, type PartReader } from './part.ts';
import { tags } from './tags.ts';

const PARTS: readonly PartReader[] = [
  instances,
  volumes,
  securityGroups,
  scalingGroups,
  services,
  databases,
  caches,
  tables,
  queues,
  balancers,
  functions,
  users,
  tags,
];
const FRESH_MS = 4 * 60_000;

/** What others ask of an inventory. */
export type KnownResources = Pick<Inventory, 'topology' | 'known' | 'find' | 'naming'>;

/** Everything a scope holds, read at most every few minutes; a service that cannot be read keeps what it said last. */
export class Inventory {
  readonly naming: Naming;
  readonly #scope: Scope;
  readonly #settings: AwsSettings;
  readonly #clock: Clock;
  readonly #isFirstRegion: boolean;
  readonly #parts = new Map<string, Part>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  #topology: Topology = { resources: [], dependencies: [] };
  #byId: ReadonlyMap<string, Resource> = new Map();
  #aliases: ReadonlyMap<string, string> = new Map();
  #gaps: string[] = [];

  constructor(scope: Scope, settings: AwsSettings, clock: Clock, isFirstRegion: boolean) {
    this.#scope = scope;
    this.#settings = settings;
    this.#clock = clock;
    this.#isFirstRegion = isFirstRegion;
    this.naming = new Naming(scope.suffix, settings.tags);
  }

  /** The topology, fresh enough. Throws `unavailable` only when nothing at all could be read. */
  async topology(signal: AbortSignal): Promise<Topology> {
    if (this.#clock.now() - this.#readAtMs >= FRESH_MS || this.#clock.now() < this.#readAtMs) {
      this.#reading ??= this.#read(signal).finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#topology;
  }

  gaps(): readonly string[] {
    return this.#gaps;
  }

  find(id: string): Resource | null {
    return this.#byId.get(id) ?? null;
  }

  /** The id under which a resource is known: a cache node is its group, a target group its service. */
  known(plainId: string): string {
    const id = this.naming.id(plainId);
    return this.#aliases.get(id) ?? id;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const readers = PARTS.filter((part) => part.perAccount !== true || this.#isFirstRegion);
    const outcomes = await Promise.allSettled(
      readers.map(async (part) => {
        this.#parts.set(part.name, await reading(this.#scope, part.api, () => part.read(this.#scope, this.naming, signal)));
      }),
    );
    const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as OpsError] : []));
    this.#gaps = failed.map((error) => error.message);
    const [first] = failed;
    if (first !== undefined && failed.length === readers.length) throw new OpsError('unavailable', first.message, first.hint, { cause: first });
    this.#join();
    this.#readAtMs = this.#clock.now();
  }

  #join(): void {
    const parts = [...this.#parts.values()];
    const profiles = this.#settings.appconfig.filter((one) => isAt(one, this.#scope));
    const named = profiles.map((one) => [this.naming.id(appConfigId(one)), this.naming.id(`config/${one.name}`)] as const);
    const aliases = new Map([...parts.flatMap((part) => [...(part.aliases ?? [])]), ...named]);
    const resources = [...parts.flatMap((part) => part.resources), ...this.#configuration(profiles)];
    const byId = new Map(resources.map((resource) => [resource.id, resource]));
    for (const [id, tags] of parts.flatMap((part) => [...(part.tags ?? [])])) {
      const resource = byId.get(aliases.get(id) ?? id);
      if (resource !== undefined) byId.set(resource.id, this.naming.tagged(resource, { ...resource.tags, ...tags }));
    }
    const links = new Map<string, Dependency>();
    for (const one of parts.flatMap((part) => part.dependencies ?? [])) {
      const link = { ...one, from: aliases.get(one.from) ?? one.from, to: aliases.get(one.to) ?? one.to };
      if (link.from !== link.to && byId.has(link.from) && byId.has(link.to)) links.set(`${link.from} ${link.to} ${link.kind}`, link);
    }
    this.#aliases = aliases;
    this.#byId = byId;
    this.#topology = { resources: [...byId.values()], dependencies: [...links.values()] };
  }

  /** The AppConfig profiles and SSM parameters that the config names as configuration. */
  #configuration(profiles: AwsSettings['appconfig']): Resource[] {
    const parameters = this.#scope.suffix === '' ? this.#settings.parameters : [];
    return [
      ...profiles.map(({ name }) => this.naming.resource(`config/${name}`, name)),
      ...parameters.map((name) => this.naming.resource(`config/${name.replace(/^\//, '')}`, name)),
    ];
  }
}

/** The topology of all scopes, with the dependencies that the config adds. */
export function topologySource(label: string, inventories: readonly Inventory[], settings: AwsSettings): TopologySource {
  return {
    name: label,
    async read(signal) {
      const parts = await Promise.allSettled(inventories.map((inventory) => inventory.topology(signal)));
      const good = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
      const [failure] = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
      if (good.length === 0 && failure !== undefined) throw failure;
      const resources = good.flatMap((part) => part.resources);
      const ids = new Set(resources.map((resource) => resource.id));
      const added = settings.dependencies.filter(({ from, to }) => ids.has(from) && ids.has(to));
      return { resources, dependencies: [...good.flatMap((part) => part.dependencies), ...added] };
    },
  };
}
