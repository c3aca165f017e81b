import type { Dependency, Resource, Topology } from '../domain/resource.ts';

/**
 * Several topologies as one. A later entry of an id wins over an earlier one; what it leaves open (service, environment, zone,
 * tags) stays as the earlier one says. A dependency counts once.
 */
export function mergeTopologies(parts: readonly Topology[]): Topology {
  const resources = new Map<string, Resource>();
  const dependencies = new Map<string, Dependency>();
  for (const part of parts) {
    for (const resource of part.resources) resources.set(resource.id, over(resources.get(resource.id), resource));
    for (const one of part.dependencies) dependencies.set(`${one.from}\u0000${one.kind}\u0000${one.to}`, one);
  }
  return { resources: [...resources.values()], dependencies: [...dependencies.values()] };
}

function over(earlier: Resource | undefined, later: Resource): Resource {
  if (earlier === undefined) return later;
  return {
    ...later,
    service: later.service ?? earlier.service,
    environment: later.environment ?? earlier.environment,
    zone: later.zone ?? earlier.zone,
    tags: { ...earlier.tags, ...later.tags },
  };
}
