import { type Explanation, explain } from '../domain/explanation.ts';

/** One sentence for each kind of cause; `{resource}` is filled in. */
const SENTENCES: Readonly<Record<string, string>> = {
  deploy: 'The last deploy of {resource} broke it',
  config: 'The last configuration change of {resource} caused it',
  infrastructure: 'A change to the infrastructure of {resource} caused it',
  scale: 'A change of the size of {resource} caused it',
  access: 'Unusual access by {resource}',
  ingress: 'A network rule of {resource} was opened',
  leak: 'Memory of {resource} grows and is not given back',
  memory: '{resource} is short of memory',
  cpu: '{resource} is short of CPU',
  disk: '{resource} is running out of disk',
  io: 'The storage of {resource} is too busy',
  storage: 'The storage under {resource} answers slowly',
  evictions: 'The cache {resource} is too small and throws entries out',
  connections: '{resource} runs out of connections',
  throttling: '{resource} is throttled: its limit is too low for the load',
  traffic: 'More traffic than usual reaches {resource}',
  queue: 'Work piles up in {resource}',
  cache: 'The cache {resource} no longer holds what is asked of it',
  certificate: 'The certificate {resource} expires soon or has expired',
  zone: 'One availability zone behind {resource} is unwell',
  snapshots: 'Snapshots pile up in {resource}',
  volumes: 'Unused volumes pile up in {resource}',
  cost: 'The cost of {resource} grows',
  stuck: '{resource} hangs and takes no more work',
  egress: '{resource} sends data out that nobody asks it for',
  network: 'Network traffic of {resource} is unusual',
  errors: '{resource} itself fails',
  latency: '{resource} itself is slow',
};

const GENERIC: ReadonlySet<string> = new Set(['latency', 'errors', 'unknown', 'queue', 'network', 'io']);

/** Kinds that say that something is wrong rather than what. */
export const isGeneric = (kind: string): boolean => GENERIC.has(kind);

/** What the cause is, in one sentence. Kinds without a sentence of their own are said to be unknown. */
export function causeOf(kind: string, resource: string): Explanation {
  const known = kind in SENTENCES ? kind : 'unknown';
  return explain(`rca.cause.${known}`, `${SENTENCES[known] ?? 'Something is wrong with {resource}'}.`, { resource });
}
