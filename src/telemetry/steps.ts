import { AsyncLocalStorage } from 'node:async_hooks';
import type { Step, StepFacts } from '../domain/step.ts';

const current = new AsyncLocalStorage<StepFacts>();

/** The facts of the steps that are under way here, inner over outer: what a log line carries. */
export const factsNow = (): StepFacts => current.getStore() ?? {};

/** Runs something under these facts and those that are there. */
export const withFacts = <T>(facts: StepFacts, work: () => T): T => current.run({ ...factsNow(), ...facts }, work);

/** A step that only log lines know of: what there is without traces. */
export const plainStep: Step = (_name, facts, work) => withFacts(facts, () => work(() => undefined));
