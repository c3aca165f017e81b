import { type Pattern, PatternSchema } from '../domain/pattern.ts';

/** What is wrong with one record, each in a sentence naming the field; empty: nothing. `actions` are those of the catalogue. */
export function patternProblems(pattern: Pattern, actions: ReadonlySet<string>): string[] {
  const parsed = PatternSchema.safeParse(pattern);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return pattern.solutions.flatMap((solution, index) =>
    actions.has(solution.action) ? [] : [`solutions.${index}.action: there is no action "${solution.action}".`],
  );
}
