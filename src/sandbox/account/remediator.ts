import { createHash } from 'node:crypto';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Receipt, RemediationStep, Remediator } from '../../domain/ports.ts';
import { DOINGS } from './actions/index.ts';
import { checkStep, type Execution } from './executions.ts';
import type { Simulation } from './simulation.ts';
import type { Troubles } from './trouble.ts';
import type { Node } from './world.ts';

/** What the remediator needs of the account. */
interface Operable {
  readonly troubles: Troubles;
  nowMs(): number;
  simulation(): Simulation;
  execution(key: string): Execution | null;
  execute(step: RemediationStep, key: string): Execution;
  rollback(key: string): Receipt;
}

/** The settings of a target in words, those that its kind has. */
function summaryOf({ settings, resource, now }: Node): Record<string, string> {
  const state = settings.running ? 'running' : 'stopped';
  switch (resource.kind) {
    case 'ecs':
      return { state, tasks: String(settings.count), release: String(settings.version), config: String(settings.config) };
    case 'ec2':
      return { state, size: `${settings.size}x`, volume_gb: String(settings.volumeGb) };
    case 'rds':
      return { primary: settings.primary, connection_limit: String(settings.connectionLimit), volume_gb: String(settings.volumeGb), size: `${settings.size}x` };
    case 'lambda':
      return { concurrency: String(settings.concurrency), release: String(settings.version), config: String(settings.config) };
    case 'dynamodb':
      return { units: String(settings.units) };
    case 'alb':
      return { closed_zones: settings.closedZones.join(', ') || 'none', config: String(settings.config) };
    case 'ebs':
      return { snapshots: String(settings.snapshots), volumes: String(settings.volumes), volume_gb: String(settings.volumeGb) };
    case 'iam':
      return { access_key: settings.keyActive ? 'active' : 'off' };
    case 'vpc':
      return { open_to_the_world: settings.ingressOpen ? 'yes' : 'no' };
    case 'acm':
      return { days_to_expiry: String(Math.floor(settings.certificateDays)) };
    default:
      return { state, size: `${settings.size}x`, config: String(settings.config), load: `${Math.round(now.demand)} a minute` };
  }
}

/** Changes with any setting that an operator can set. Counts and days that move by themselves are left out: they would void every approval. */
function fingerprintOf({ settings, resource }: Node): string {
  const { snapshots: _s, volumes: _v, certificateDays: _d, ...fixed } = settings;
  return createHash('sha256')
    .update(`${resource.id} ${JSON.stringify(fixed)}`)
    .digest('hex')
    .slice(0, 32);
}

/** Does the actions of the catalogue to the simulated account. */
export function sandboxRemediator(account: Operable): Remediator {
  const before = (signal: AbortSignal): Promise<void> => account.troubles.before('remediator', account.nowMs(), signal);
  const loseReply = (): void => {
    if (account.troubles.is('remediator', 'lost_reply', account.nowMs()) !== undefined) {
      throw new OpsError('unavailable', 'The account took the request and then stopped answering.', 'Look the execution up.');
    }
  };
  return {
    name: 'sandbox',
    actions: DOINGS.map((doing) => doing.name),
    async inspect(step, signal) {
      await before(signal);
      const node = account.simulation().node(step.targetId);
      if (node === null || !node.settings.exists) throw new OpsError('not_found', `There is no ${step.targetId} in the account.`);
      return { summary: summaryOf(node), fingerprint: fingerprintOf(node) };
    },
    async dryRun(step, signal) {
      await before(signal);
      const { doing, node, params } = checkStep(account.simulation(), step);
      return explain(`dry_run.${step.action}`, '{effect}', { target: step.targetId, effect: doing.effect(node, params) });
    },
    async execute(step, key, signal) {
      if (key === '') throw new OpsError('invalid_input', 'An execution needs an idempotency key.');
      const done = account.execution(key);
      if (done !== null) return receiptFor(done, step);
      await before(signal);
      const again = account.execution(key); // a second call may have come while this one waited
      if (again !== null) return receiptFor(again, step);
      const { receipt } = account.execute(step, key);
      loseReply();
      return receipt;
    },
    async lookup(_step, key, signal) {
      await before(signal);
      const done = account.execution(key);
      return { found: done === null ? 'no' : 'yes', receipt: done?.receipt ?? null };
    },
    async rollback(step, receipt, signal) {
      await before(signal);
      const key = (receipt['id'] ?? '').replace(/^exec-/, '');
      const done = account.execution(key);
      if (done === null || done.targetId !== step.targetId || done.action !== step.action) {
        throw new OpsError('not_found', `Nothing was done to ${step.targetId} under this receipt.`, 'There is nothing to take back.');
      }
      return account.rollback(key);
    },
  };
}

/** The first receipt of a key; the same key for something else is a mistake of the caller. */
function receiptFor(done: Execution, step: RemediationStep): Receipt {
  if (done.action === step.action && done.targetId === step.targetId) return done.receipt;
  throw new OpsError('conflict', `This idempotency key was used for ${done.action} on ${done.targetId}.`, 'Use a new key.');
}
