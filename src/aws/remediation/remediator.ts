import { createHash } from 'node:crypto';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Clock, Receipt, RemediationStep, Remediator } from '../../domain/ports.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { blastRefusal } from './blast.ts';
import type { Doing, Prepared, Target } from './doing.ts';
import { DOINGS } from './index.ts';
import type { Journal } from './journal.ts';

const HOUR_MS = 3_600_000;
const REFUSED = new Set(['invalid_input', 'not_found', 'forbidden', 'conflict', 'limited']);

export interface RemediatorParts {
  readonly places: readonly { readonly scope: Scope; readonly inventory: Inventory }[];
  readonly settings: AwsSettings;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Does the actions of the catalogue to AWS accounts: read, check against our own bounds, note, act, note again. */
export class AwsRemediator implements Remediator {
  readonly name = 'aws';
  readonly actions: readonly string[] = DOINGS.map((doing) => doing.name);
  readonly #parts: RemediatorParts;
  readonly #running = new Map<string, Promise<Receipt>>();

  constructor(parts: RemediatorParts) {
    this.#parts = parts;
  }

  async inspect(step: RemediationStep, signal: AbortSignal): Promise<{ summary: Readonly<Record<string, string>>; fingerprint: string }> {
    const { target, prepared } = await this.#prepare(step, signal);
    const text = JSON.stringify([target.resource.id, target.scope.label, prepared.relies]);
    return { summary: prepared.summary, fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 32) };
  }

  async dryRun(step: RemediationStep, signal: AbortSignal): Promise<ReturnType<typeof explain>> {
    const { target, prepared } = await this.#prepare(step, signal);
    if (prepared.refusal !== null) throw prepared.refusal;
    const effect = prepared.effect.includes(target.name) ? prepared.effect : `${target.resource.id}: ${prepared.effect}`;
    return explain(`dry_run.${step.action}`, '{effect}', { target: step.targetId, effect });
  }

  execute(step: RemediationStep, key: string, signal: AbortSignal): Promise<Receipt> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const run = this.#execute(step, key, signal).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  async lookup(step: RemediationStep, key: string, signal: AbortSignal): Promise<{ found: 'yes' | 'no' | 'unknown'; receipt: Receipt | null }> {
    const run = await this.#parts.journal.get(key);
    if (run === null) return { found: 'no', receipt: null };
    if (run.state === 'done') return { found: 'yes', receipt: run.receipt };
    const doing = doingOf(step.action);
    const happened = await doing.happened(await this.#target(step, doing, signal), run.receipt, signal);
    if (happened === 'yes') await this.#parts.journal.done(key, run);
    return { found: happened, receipt: happened === 'yes' ? run.receipt : null };
  }

  async rollback(step: RemediationStep, receipt: Receipt, signal: AbortSignal): Promise<Receipt> {
    const doing = doingOf(step.action);
    if (doing.undo === null) throw new OpsError('conflict', `${step.action} on ${step.targetId} cannot be taken back.`, 'Nothing was done.');
    const key = receipt['key'] ?? '';
    const run = await this.#parts.journal.get(key);
    if (run === null || run.action !== step.action || run.targetId !== step.targetId)
      throw new OpsError('not_found', `Nothing was done to ${step.targetId} under this receipt.`, 'There is nothing to take back.');
    if (run.undone !== null) return run.undone;
    await doing.undo(await this.#target(step, doing, signal), run.receipt, signal);
    const undone = { id: `undo-${key}`, action: step.action, target: step.targetId, at: this.#now() };
    await this.#parts.journal.done(key, run, undone);
    return undone;
  }

  async #execute(step: RemediationStep, key: string, signal: AbortSignal): Promise<Receipt> {
    if (key === '') throw new OpsError('invalid_input', 'An execution needs an idempotency key.');
    const { journal } = this.#parts;
    const earlier = await journal.get(key);
    if (earlier !== null) return await this.#again(step, key, signal);
    const { target, prepared } = await this.#prepare(step, signal);
    if (prepared.refusal !== null) throw prepared.refusal;
    await this.#reserve(target, prepared);
    const receipt: Receipt = { id: `run-${key}`, key, action: step.action, target: step.targetId, at: this.#now(), ...prepared.before };
    const run = { action: step.action, targetId: step.targetId, receipt };
    if (!(await journal.start(key, run))) return await this.#again(step, key, signal);
    const more = await prepared.act(key, signal).catch(async (thrown: unknown) => {
      if (thrown instanceof OpsError && REFUSED.has(thrown.code)) await journal.forget(key);
      throw thrown;
    });
    const whole = { ...receipt, ...more };
    await journal.done(key, { ...run, receipt: whole });
    return whole;
  }

  /** A key that was used before: its receipt, or the plain truth that nobody knows. Never a second run. */
  async #again(step: RemediationStep, key: string, signal: AbortSignal): Promise<Receipt> {
    const run = await this.#parts.journal.get(key);
    if (run !== null && (run.action !== step.action || run.targetId !== step.targetId))
      throw new OpsError('conflict', `This idempotency key was used for ${run.action} on ${run.targetId}.`, 'Use a new key.');
    const { receipt } = await this.lookup(step, key, signal);
    if (receipt !== null) return receipt;
    throw new OpsError('unavailable', `${step.action} on ${step.targetId} was started before, and its outcome is not known.`, 'Look at the target.');
  }

  async #reserve(target: Target, prepared: Prepared): Promise<void> {
    const { journal, settings, clock } = this.#parts;
    const targetId = target.resource.id;
    const group = prepared.group ?? null;
    const nowMs = clock.now();
    await journal.reserve({ atMs: nowMs, targetId, group: group?.id ?? null }, nowMs - HOUR_MS, (recent) =>
      blastRefusal(targetId, group, recent, settings.blast),
    );
  }

  async #prepare(step: RemediationStep, signal: AbortSignal): Promise<{ target: Target; prepared: Prepared }> {
    const doing = doingOf(step.action);
    const target = await this.#target(step, doing, signal);
    return { target, prepared: await doing.prepare(target, step.params, signal) };
  }

  async #target(step: RemediationStep, doing: Doing, signal: AbortSignal): Promise<Target> {
    const { places, settings } = this.#parts;
    for (const { scope, inventory } of places) {
      if (scope.suffix !== '' && !step.targetId.endsWith(scope.suffix)) continue;
      const { resources } = await inventory.topology(signal);
      const resource = inventory.find(step.targetId);
      if (resource === null) continue;
      if (!doing.kinds.includes(resource.kind))
        throw new OpsError('invalid_input', `opsloop cannot do ${step.action} to ${step.targetId} on AWS.`, `There it works on: ${doing.kinds.join(', ')}.`);
      const name = step.targetId.slice(resource.kind.length + 1, step.targetId.length - scope.suffix.length);
      return { scope, resource, name, settings, nowMs: this.#parts.clock.now(), others: resources };
    }
    throw new OpsError('not_found', `There is no ${step.targetId} in the accounts of the config.`, 'Look at the topology for the names there are.');
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

/** Why an action of the catalogue is not done on AWS, where there is more to say than that. */
const NOT_HERE: ReadonlyMap<string, string> = new Map([
  [
    'renew_certificate',
    'ACM renews its own certificates as long as their DNS record stands: put that back. An imported one is imported again by whoever has its key.',
  ],
]);

function doingOf(name: string): Doing {
  const doing = DOINGS.find((one) => one.name === name);
  if (doing !== undefined) return doing;
  throw new OpsError(
    'invalid_input',
    `opsloop cannot do ${name.slice(0, 60)} on AWS.`,
    NOT_HERE.get(name) ?? `There it can do: ${DOINGS.map((one) => one.name).join(', ')}.`,
  );
}
