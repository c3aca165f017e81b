import type { Sources } from '../collect/collector.ts';
import { type Actor, ActorSchema, actorName } from '../domain/actor.ts';
import { parseSubject } from '../domain/names.ts';
import type { Step, StepFacts } from '../domain/step.ts';
import type { Verbs } from '../loop/verbs.ts';

/** The sources, each read of which is a step. */
export function sourcesInSteps(sources: Sources, step: Step): Sources {
  const { metrics, logs, changes, alarms, topology } = sources;
  const reading = <Given extends readonly unknown[], T>(source: { readonly name: string; read(...given: Given): Promise<T> }, kind: string) => ({
    name: source.name,
    read: (...given: Given): Promise<T> => step('source', { source: source.name, kind }, () => source.read(...given)),
  });
  return {
    metrics: metrics.map((source) => reading(source, 'metrics')),
    logs: logs.map((source) => ({
      ...reading(source, 'logs'),
      search: (query, signal) => step('source', { source: source.name, kind: 'log search' }, () => source.search(query, signal)),
    })),
    changes: changes.map((source) => reading(source, 'changes')),
    alarms: alarms.map((source) => reading(source, 'alarms')),
    topology: topology.map((source) => reading(source, 'topology')),
  };
}

/** The verbs, each of which is a step that names who asked and the incident, plan or pattern it is about. */
export function verbsInSteps(verbs: Verbs, step: Step): Verbs {
  const made = Object.entries(verbs).map(([name, verb]: [string, (...given: unknown[]) => Promise<unknown>]) => {
    const inStep = (...given: unknown[]): Promise<unknown> => step(`verb ${name}`, { verb: name, ...factsOf(given) }, () => verb(...given));
    return [name, inStep];
  });
  return Object.fromEntries(made) as Verbs;
}

/** Names that people type, and who asked; free text stays out. */
function factsOf(given: readonly unknown[]): StepFacts {
  const facts: Record<string, string> = {};
  for (const one of given) {
    const text = typeof one === 'string' ? one : named(one);
    const subject = text === null ? null : parseSubject(text);
    if (subject !== null) facts[subject.kind] = subject.id;
    const actor = actorIn(one);
    if (actor !== null) facts['actor'] = actorName(actor);
  }
  return facts;
}

/** What a request is about: the issue of a fix, the subject of a verdict. */
function named(request: unknown): string | null {
  if (typeof request !== 'object' || request === null) return null;
  const text = 'issue' in request ? request.issue : 'subject' in request ? request.subject : null;
  return typeof text === 'string' ? text : null;
}

const actorIn = (given: unknown): Actor | null => ActorSchema.safeParse(given).data ?? null;
