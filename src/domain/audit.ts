import { z } from 'zod';
import { ActorSchema } from './actor.ts';

/** One row of the append-only history. `hash` covers everything before it through `prevHash`. */
export const AuditEntrySchema = z.object({
  seq: z.number().int().positive(),
  atMs: z.number().int(),
  actor: ActorSchema,
  verb: z.string().min(1).max(80), // plan.approved, incident.opened, …
  subject: z.string().min(1).max(300),
  detail: z.record(z.string(), z.unknown()),
  prevHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntrySchema>;
export type AuditDraft = Pick<AuditEntry, 'actor' | 'verb' | 'subject' | 'detail'>;
