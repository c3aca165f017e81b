import type { Pattern } from '../domain/pattern.ts';

const MAX_SLUG = 80;

/** `EC2 High CPU Usage` → `ec2-high-cpu-usage`: lower-case letters, digits and single dashes; any text gives a safe one. */
export function slugOf(title: string, fallback = 'untitled'): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_SLUG)
    .replace(/-+$/, '');
  return slug === '' ? fallback : slug;
}

/** patterns/performance/ec2-high-cpu-usage.json. Titles without Latin letters go by their id. */
export const patternKey = (pattern: Pick<Pattern, 'category' | 'title' | 'pattern_id'>): string =>
  `patterns/${pattern.category}/${slugOf(pattern.title, pattern.pattern_id.toLowerCase())}.json`;

export const runbookKey = (slug: string): string => `runbooks/${slugOf(slug)}-runbook.md`;

export const sopKey = (slug: string): string => `sops/${slugOf(slug)}.yaml`;

/** feedback/2026-02/feedback-log.jsonl, by UTC. */
export const feedbackLogKey = (atMs: number): string => `feedback/${new Date(atMs).toISOString().slice(0, 7)}/feedback-log.jsonl`;
