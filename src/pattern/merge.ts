import type { Pattern } from '../domain/pattern.ts';

/**
 * One pattern out of two that are the same problem: `into` keeps its name, title and description and what was learned of its
 * solutions; symptoms, causes and solutions it lacks are added, and the occurrences of both are counted.
 */
export function mergePatterns(into: Pattern, other: Pattern): Pattern {
  const known = new Set(into.solutions.map(({ action }) => action));
  return {
    ...into,
    symptoms: union(into.symptoms, other.symptoms),
    root_causes: union(into.root_causes, other.root_causes),
    solutions: [...into.solutions, ...other.solutions.filter(({ action }) => !known.has(action))].slice(0, 20),
    metadata: {
      occurrence_count: into.metadata.occurrence_count + other.metadata.occurrence_count,
      last_seen:
        [into.metadata.last_seen, other.metadata.last_seen]
          .filter((day) => day !== null)
          .sort()
          .at(-1) ?? null,
      success_rate: successOf(into.metadata, other.metadata),
      avg_resolution_time: into.metadata.avg_resolution_time ?? other.metadata.avg_resolution_time,
    },
  };
}

/** Each line once, whatever its case; those of the first come first. */
function union(first: readonly string[], second: readonly string[]): string[] {
  const lines = new Map([...second, ...first].map((line) => [line.trim().toLowerCase(), line]));
  return [...new Set([...first, ...second].map((line) => line.trim().toLowerCase()))].map((key) => lines.get(key) ?? key).slice(0, 30);
}

function successOf(a: Pattern['metadata'], b: Pattern['metadata']): number | null {
  if (a.success_rate === null || b.success_rate === null) return a.success_rate ?? b.success_rate;
  const all = a.occurrence_count + b.occurrence_count;
  return all === 0 ? a.success_rate : Math.round(((a.success_rate * a.occurrence_count + b.success_rate * b.occurrence_count) / all) * 10_000) / 10_000;
}
