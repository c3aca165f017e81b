import type { z } from 'zod';

// From what zod found to words for people.

type Issue = z.core.$ZodIssue;
type Shape = Readonly<Record<string, unknown>>;
export const shapeOf = (value: unknown): Shape => (typeof value === 'object' && value !== null ? (value as Shape) : {});

function at(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, step) => (typeof step === 'number' ? `${whole}[${step}]` : `${whole}.${String(step)}`), root);
}

function wrongType(input: unknown): string | null {
  const { type } = shapeOf(input);
  return typeof type === 'string' ? `a ${JSON.stringify(type)} does not go here, or is unknown` : null;
}

/** One issue in words: "is 3001 characters long, 3000 are allowed". */
function words(issue: Issue): string {
  const unit = 'origin' in issue && issue.origin === 'array' ? 'items' : 'characters';
  const size = typeof issue.input === 'string' || Array.isArray(issue.input) ? issue.input.length : undefined;
  if (issue.code === 'too_big' && size !== undefined) return `has ${size} ${unit}, at most ${issue.maximum} are allowed`;
  if (issue.code === 'too_small' && size !== undefined) return `has ${size} ${unit}, at least ${issue.minimum} is needed`;
  if (issue.code === 'unrecognized_keys') return `has fields Slack does not know: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return wrongType(issue.input) ?? 'has the wrong form';
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  return issue.message;
}

export function problemsOf(schema: z.ZodType, value: unknown, root: string): string[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return [];
  // A wrong type is reported by zod at the `type` field; the thing that has it is what people look for.
  return parsed.error.issues.map((issue) => {
    const path = issue.code === 'invalid_union' && issue.path.at(-1) === 'type' ? issue.path.slice(0, -1) : issue.path;
    return `${at(root, path)}: ${words(issue)}`;
  });
}

/** Every object inside a value, with its path; at most 20 deep. */
export function* objectsIn(value: unknown, path: string, depth = 0): Generator<{ readonly object: Shape; readonly path: string }> {
  if (depth > 20 || typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { object: value as Shape, path };
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
}

export const typeOf = (one: unknown): string => String(shapeOf(one)['type']);
