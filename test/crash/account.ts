import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Receipt, RemediationStep, Remediator } from '../../src/domain/ports.ts';

/** One line of the account's own journal: what really reached it. */
export interface JournalLine {
  readonly doing: 'execute' | 'rollback';
  readonly key: string;
  readonly action: string;
  readonly targetId: string;
}

/** What a target does when it is asked to act. */
export const TARGETS = {
  'ecs/plain': 'does as told',
  'ecs/refuses': 'refuses; nothing happens',
  'ecs/mumbles': 'acts, then loses the reply',
  'ecs/forgets': 'acts, loses the reply, and cannot tell afterwards',
  'ecs/stuck': 'acts, and cannot be taken back',
} as const;
export type TargetId = keyof typeof TARGETS;

const unavailable = (): OpsError => new OpsError('unavailable', 'The target stopped answering.');

/**
 * An account that writes down every call that reaches it, in a file of its own. It does not look at idempotency keys: a second
 * execution would happen, and show.
 */
export function journalledAccount(file: string): Remediator {
  const receiptOf = (key: string): Receipt => ({ id: `exec-${key}`, key });
  const write = (doing: JournalLine['doing'], key: string, step: RemediationStep): void => {
    const line: JournalLine = { doing, key, action: step.action, targetId: step.targetId };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    name: 'journal',
    actions: ['rollback_deploy', 'take_service_down', 'scale_out'],
    inspect: async (step) => ({ summary: { state: 'running' }, fingerprint: step.targetId }),
    dryRun: async (step) => explain('dry_run.journal', '{target} would be touched', { target: step.targetId }),
    async execute(step, key) {
      if (step.targetId === 'ecs/refuses') throw new OpsError('conflict', 'It is being deployed already.');
      write('execute', key, step);
      if (step.targetId === 'ecs/mumbles' || step.targetId === 'ecs/forgets') throw unavailable();
      return receiptOf(key);
    },
    async lookup(step, key) {
      if (step.targetId === 'ecs/forgets') throw unavailable();
      const found = readJournal(file).some((line) => line.doing === 'execute' && line.key === key);
      return { found: found ? 'yes' : 'no', receipt: found ? receiptOf(key) : null };
    },
    async rollback(step, receipt) {
      if (step.targetId === 'ecs/stuck') throw unavailable();
      write('rollback', receipt['key'] ?? '', step);
      return receipt;
    },
  };
}

export function readJournal(file: string): readonly JournalLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}
