/** Ids and plain facts of a step: `incident`, `plan`, `request`, `stage`, … Never secrets, and no texts of logs or people. */
export type StepFacts = Readonly<Record<string, string | number | boolean>>;

/** Adds what is known only later, such as how it ended. */
export type AddFacts = (facts: StepFacts) => void;

/**
 * Runs a named step of the work. Its facts stand on every log line that is written meanwhile, and on its span where traces are
 * wanted. What the work throws is thrown on.
 */
export type Step = <T>(name: string, facts: StepFacts, work: (add: AddFacts) => Promise<T>) => Promise<T>;

/** Told how far long work is: so many of all; 0: nobody knows how many there are. */
export type Tell = (done: number, all: number) => void;

/** For those who do not ask. */
export const silent: Tell = () => undefined;
