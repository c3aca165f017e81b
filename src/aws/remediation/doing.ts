import type { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { Params } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/ports.ts';
import type { Resource } from '../../domain/resource.ts';
import { awsError } from '../errors.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';

/** What a step is done to. `name` is the id without kind and scope: `checkout-db`, `shop/checkout`, `i-0abc…`. */
export interface Target {
  readonly scope: Scope;
  readonly resource: Resource;
  readonly name: string;
  readonly settings: AwsSettings;
  readonly nowMs: number;
  /** Everything else in the same scope. */
  readonly others: readonly Resource[];
}

/** A target as read, checked against what is to be done to it. */
export interface Prepared {
  readonly summary: Readonly<Record<string, string>>;
  /** What a plan relies on; any change of it voids an approval. */
  readonly relies: unknown;
  readonly refusal: OpsError | null;
  /** What would happen, in one sentence. */
  readonly effect: string;
  /** Written down before acting: whatever taking back needs. */
  readonly before: Receipt;
  /** The group that the target belongs to, with its size; the blast radius counts its members. */
  readonly group?: { readonly id: string; readonly size: number } | null;
  /** Acts, once. Gives what else belongs on the receipt. */
  act(key: string, signal: AbortSignal): Promise<Receipt>;
}

export type Happened = 'yes' | 'no' | 'unknown';

/** How one action of the catalogue is done on AWS. */
export interface Doing {
  readonly name: string;
  readonly kinds: readonly string[];
  prepare(target: Target, params: Params, signal: AbortSignal): Promise<Prepared>;
  /** After a crash between the first and the last note: whether the target shows that it happened. */
  happened(target: Target, receipt: Receipt, signal: AbortSignal): Promise<Happened>;
  /** Null: cannot be taken back, or leaves nothing to take back. */
  readonly undo: ((target: Target, receipt: Receipt, signal: AbortSignal) => Promise<void>) | null;
}

export const refuse = (message: string, hint: string | null = 'Nothing was done.'): OpsError => new OpsError('conflict', message, hint);
export const tooMuch = (message: string, hint = 'Raise aws.blast in the config if this is meant.'): OpsError => new OpsError('limited', message, hint);
export const missing = (target: Target): OpsError => new OpsError('not_found', `There is no ${target.resource.id} in ${target.scope.label} any more.`);

/** One call for a step, named when it fails. */
export async function asked<T>(target: Target, api: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsError(thrown, api, target.scope);
  }
}

/** The parameters of a step, or a refusal that says what does not fit. */
export function paramsOf<P>(schema: z.ZodType<P>, params: Params, target: Target): P {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OpsError('invalid_input', `The parameters for ${target.resource.id} do not fit: ${[...(issue?.path ?? []), issue?.message ?? ''].join(' ')}.`);
}

/** A rollback only puts back what is still as this action left it. */
export function changedSince(target: Target, what: string): OpsError {
  return new OpsError(
    'conflict',
    `${what} of ${target.resource.id} was changed by somebody else since; it is left as it is.`,
    'Look at it, and change it by hand.',
  );
}

/** From what was read again after a doubt: as it was, as it should be, or something else. */
export const compare = (now: string, receipt: Receipt): Happened => (now === receipt['after'] ? 'yes' : now === receipt['before'] ? 'no' : 'unknown');
