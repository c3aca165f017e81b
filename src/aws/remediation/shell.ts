import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommandInvocationCommand, ListCommandsCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { OpsError } from '../../domain/errors.ts';
import type { Receipt } from '../../domain/ports.ts';
import { asked, type Happened, type Target } from './doing.ts';

const POLL_MS = 1000;
const RUN_S = 120;
const ENDED = new Set(['Success', 'Cancelled', 'TimedOut', 'Failed', 'Undeliverable', 'Terminated', 'Delivery Timed Out', 'Execution Timed Out']);

/** The comment by which a command is found again. */
const mark = (key: string): string => `opsloop ${key}`.slice(0, 100);

/**
 * Runs fixed commands on an instance through SSM and waits for their end. A command that ran and failed is reported on the
 * receipt; verification decides whether it helped.
 */
export async function runShell(target: Target, instanceId: string, commands: readonly string[], key: string, abortSignal: AbortSignal): Promise<Receipt> {
  const { act, check } = target.scope;
  const { Command } = await asked(target, 'ssm:SendCommand', () =>
    act.ssm.send(
      new SendCommandCommand({
        InstanceIds: [instanceId],
        DocumentName: 'AWS-RunShellScript',
        Comment: mark(key),
        TimeoutSeconds: 60,
        Parameters: { commands: [...commands], executionTimeout: [String(RUN_S)] },
      }),
      { abortSignal },
    ),
  );
  const CommandId = Command?.CommandId;
  if (CommandId === undefined) throw new OpsError('unavailable', `ssm:SendCommand in ${target.scope.label} gave no command id.`);
  for (;;) {
    const answer = await asked(target, 'ssm:GetCommandInvocation', () =>
      check.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: instanceId }), { abortSignal }),
    ).catch((thrown: unknown) => {
      if (thrown instanceof OpsError && thrown.code === 'not_found') return null; // it takes a moment to be known
      throw thrown;
    });
    if (answer !== null && ENDED.has(answer.StatusDetails ?? answer.Status ?? ''))
      return { command: CommandId, status: answer.StatusDetails ?? answer.Status ?? '' };
    await sleep(POLL_MS, undefined, { signal: abortSignal });
  }
}

/** Whether a command with this key's comment was ever sent to the instance. */
export async function shellHappened(target: Target, instanceId: string, receipt: Receipt, abortSignal: AbortSignal): Promise<Happened> {
  const { Commands } = await asked(target, 'ssm:ListCommands', () =>
    target.scope.check.ssm.send(new ListCommandsCommand({ InstanceId: instanceId, MaxResults: 50 }), { abortSignal }),
  );
  return (Commands ?? []).some((one) => one.Comment === mark(receipt['key'] ?? '')) ? 'yes' : 'no';
}
