import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { TopologySource } from '../domain/ports.ts';
import type { Topology } from '../domain/resource.ts';

const MAX_CHARS = 2_000_000;
const id = z.string().trim().min(1).max(300);
const word = z.string().trim().min(1).max(200);

const ResourceEntrySchema = z.strictObject({
  id,
  kind: word.max(60).optional(), // default: the part of the id before the first slash
  name: word.optional(), // default: the part of the id after it
  service: word.optional(),
  environment: word.max(60).optional(),
  zone: word.max(60).optional(),
  tags: z.record(z.string().max(128), z.string().max(256)).default({}),
  calls: z.array(id).max(500).default([]),
  reads: z.array(id).max(500).default([]),
  writes: z.array(id).max(500).default([]),
  runs_on: z.array(id).max(500).default([]),
});
const TopologyFileSchema = z.strictObject({ resources: z.array(ResourceEntrySchema).max(20_000) });

const LINKS = ['calls', 'reads', 'writes', 'runs_on'] as const;

/**
 * A team's topology file as a source. Opening it checks it, so that a wrong file stops the start and not the night; it is read
 * again each time, and a file that was broken meanwhile is an error of this source. Throws OpsError('invalid_input').
 */
export function openTopologyFile(path: string): TopologySource {
  const read = (): Topology => parseTopology(readText(path));
  read();
  return { name: `topology file ${path}`, read: async () => read() };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new OpsError('invalid_input', `The topology file ${path} cannot be read: ${(thrown as Error).message}`, 'Correct topology.file, or leave it out.', {
      cause: thrown,
    });
  }
}

/**
 * Reads a team's topology file (format: docs/topology.md) from its text. Dependencies may name resources that only the account
 * knows, and may form cycles. Throws OpsError('invalid_input') that names the entry and what is wrong with it.
 */
export function parseTopology(text: string): Topology {
  const parsed = TopologyFileSchema.safeParse(readYaml(text));
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  const entries = parsed.data.resources;
  const seen = new Set<string>();
  for (const entry of entries) {
    if (seen.has(entry.id)) throw refuse(`${entry.id} is there twice.`);
    seen.add(entry.id);
  }
  return {
    resources: entries.map((entry) => {
      const slash = entry.id.indexOf('/');
      return {
        id: entry.id,
        kind: entry.kind ?? (slash > 0 ? entry.id.slice(0, slash).slice(0, 60) : 'unknown'),
        name: entry.name ?? (entry.id.slice(slash + 1) || entry.id).slice(0, 200),
        service: entry.service ?? null,
        environment: entry.environment ?? null,
        zone: entry.zone ?? null,
        tags: entry.tags,
      };
    }),
    dependencies: entries.flatMap((entry) => LINKS.flatMap((kind) => [...new Set(entry[kind])].map((to) => ({ from: entry.id, to, kind })))),
  };
}

function readYaml(text: string): unknown {
  if (text.length > MAX_CHARS) throw refuse(`It is longer than ${MAX_CHARS} characters.`);
  const document = parseDocument(text, { uniqueKeys: true });
  const problem = document.errors[0];
  if (problem !== undefined) throw refuse(problem.message.split('\n')[0] ?? 'It is not YAML.');
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

function refuse(why: string): OpsError {
  return new OpsError('invalid_input', `The topology file is not valid:\n${why}`, 'See docs/topology.md for the format.');
}
