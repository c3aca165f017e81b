import type { Topology } from '../domain/resource.ts';
import type { TopologyView } from '../domain/views.ts';

const NODES_MAX = 24;

/** The resources and their neighbours over one hop, in layers from callers to what they depend on. Pure. */
export function aroundOf(topology: Topology, title: string, focus: readonly string[], sick: ReadonlySet<string>, cause: string | null): TopologyView {
  const links = topology.dependencies;
  const wanted = cause === null || focus.includes(cause) ? [...focus] : [cause, ...focus];
  const near = links.flatMap(({ from, to }) => (wanted.includes(from) ? [to] : wanted.includes(to) ? [from] : []));
  const all = [...new Set([...wanted, ...near.toSorted((a, b) => Number(sick.has(b)) - Number(sick.has(a)))])];
  const shown = new Set(all.slice(0, NODES_MAX));
  const edges = links.filter(({ from, to }) => shown.has(from) && shown.has(to) && from !== to).map(({ from, to }) => ({ from, to }));
  const layers = layersOf([...shown], edges);
  const nodes = [...shown].map((id) => ({
    id,
    layer: layers.get(id) ?? 0,
    state: id === cause ? ('cause' as const) : sick.has(id) ? ('sick' as const) : ('well' as const),
  }));
  return { title, nodes, edges, left: all.length - shown.size };
}

/** The longest way from a node nobody shown depends on; a cycle is cut after as many rounds as there are nodes. */
function layersOf(ids: readonly string[], edges: TopologyView['edges']): ReadonlyMap<string, number> {
  const layer = new Map(ids.map((id) => [id, 0]));
  for (let round = 0; round < Math.min(ids.length, 8); round += 1) {
    let moved = false;
    for (const { from, to } of edges) {
      const next = (layer.get(from) ?? 0) + 1;
      if (next <= (layer.get(to) ?? 0) || next > 6) continue;
      layer.set(to, next);
      moved = true;
    }
    if (!moved) break;
  }
  return layer;
}
