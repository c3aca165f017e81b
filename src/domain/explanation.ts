import { z } from 'zod';

/**
 * A sentence for people that also keeps its parts, so that an edge can say it in another language.
 * `code` names the sentence in blocks/locales, `params` fill it, `text` is the English sentence itself.
 */
export const ExplanationSchema = z.object({
  code: z.string().max(80),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  text: z.string().max(4000),
});
export type Explanation = z.infer<typeof ExplanationSchema>;

/** Fills `{name}` in an English template and keeps code and params beside the result. */
export function explain(code: string, template: string, params: Record<string, string | number> = {}): Explanation {
  const text = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
  return { code, params, text };
}
