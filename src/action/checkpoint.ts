import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Where signed checkpoints of the audit are in the archive. */
export const CHECKPOINT_PREFIX = 'audit/checkpoints/';

const CheckpointSchema = z.strictObject({
  seq: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/), // of that row, and so of everything before it
  atMs: z.number().int(),
  signature: z.string().regex(/^[0-9a-f]{64}$/), // HMAC-SHA256 (RFC 2104) over the rest
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

export const checkpointKey = (seq: number): string => `${CHECKPOINT_PREFIX}${String(seq).padStart(12, '0')}.json`;

/** Signs what the chain is at one row. Whoever rewrites the chain without the key cannot sign it again. */
export function signCheckpoint(row: Pick<Checkpoint, 'seq' | 'hash'>, atMs: number, key: string): Checkpoint {
  const { seq, hash } = row;
  return { seq, hash, atMs, signature: signatureOf({ seq, hash, atMs }, key) };
}

/** A checkpoint as it lies in the archive; null when it is not one, or was not signed with this key. */
export function readCheckpoint(text: string, key: string): Checkpoint | null {
  const parsed = CheckpointSchema.safeParse(asJson(text));
  if (!parsed.success) return null;
  const right = Buffer.from(signatureOf(parsed.data, key), 'hex');
  return timingSafeEqual(right, Buffer.from(parsed.data.signature, 'hex')) ? parsed.data : null;
}

const signatureOf = ({ seq, hash, atMs }: Omit<Checkpoint, 'signature'>, key: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['opsloop audit checkpoint', seq, hash, atMs]))
    .digest('hex');

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
