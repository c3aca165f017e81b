import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import { ParamsSchema } from '../../domain/plan.ts';
import { FaultSpecSchema, ScenarioSchema } from './schema.ts';

const StepSchema = z.strictObject({ action: z.string(), targetId: z.string(), params: ParamsSchema });

/** What was done to the account from outside. Everything else follows from scenario, seed and time. */
const EntrySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('execute'), atMs: z.number().int(), key: z.string(), step: StepSchema }),
  z.strictObject({ type: z.literal('rollback'), atMs: z.number().int(), key: z.string() }),
  z.strictObject({ type: z.literal('inject'), atMs: z.number().int(), fault: FaultSpecSchema }),
]);
export type Entry = z.infer<typeof EntrySchema>;

const SnapshotSchema = z.strictObject({
  version: z.literal(1),
  scenario: ScenarioSchema,
  seed: z.number().int(),
  startMs: z.number().int(),
  nowMs: z.number().int(), // how far it had lived when this was written
  entries: z.array(EntrySchema).max(100_000),
});

/** A whole account as JSON: its origin and its journal, replayed to come back. */
export type Snapshot = z.infer<typeof SnapshotSchema>;

/** The snapshot in a file, or null when there is no file. */
export function readSnapshot(path: string): Snapshot | null {
  if (!existsSync(path)) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new OpsError('invalid_input', `The account state in ${path} is not JSON.`, 'Delete the file to begin anew.', { cause: error });
  }
  return parseSnapshot(raw, path);
}

export function parseSnapshot(raw: unknown, from: string): Snapshot {
  const parsed = SnapshotSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new OpsError('invalid_input', `The account state in ${from} is not valid:\n${z.prettifyError(parsed.error)}`, 'Delete it to begin anew.');
}

/** Replaces the file in one step: a crash leaves the old state or the new one, never half of one. */
export function writeSnapshot(path: string, snapshot: Snapshot): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, JSON.stringify(snapshot), { flush: true });
  renameSync(fresh, path);
}
