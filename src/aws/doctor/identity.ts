import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clock } from '../../domain/ports.ts';
import { calling } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { type Check, check } from './check.ts';

const SKEW_MS = 60_000; // AWS refuses signatures from five minutes on

/** Who the credentials are, and how far this machine's clock is from AWS's; the answer of a refusal tells the time as well. */
export async function checkIdentity(scope: Scope, clock: Clock, abortSignal: AbortSignal): Promise<{ readonly arn: string | null; readonly checks: Check[] }> {
  let date = '';
  let arn: string | null = null;
  const note = (response: unknown): void => {
    date = (response as { headers?: Record<string, string> } | undefined)?.headers?.['date'] ?? date;
  };
  scope.read.sts.middlewareStack.add(
    (next) => async (args) => {
      try {
        const result = await next(args);
        note(result.response);
        return result;
      } catch (thrown) {
        note((thrown as { $response?: unknown }).$response);
        throw thrown;
      }
    },
    { step: 'deserialize', name: 'opsloopDate', priority: 'high' },
  );
  const identity = await check(`identity ${scope.label}`, 'Give the process credentials, and let the role trust them (sts:AssumeRole).', async () => {
    const answer = await calling(scope, 'sts:GetCallerIdentity', () => scope.read.sts.send(new GetCallerIdentityCommand({}), { abortSignal }));
    arn = answer.Arn ?? null;
    return answer.Arn ?? 'unknown';
  });
  const skewMs = Math.abs(Date.parse(date) - clock.now());
  return { arn, checks: Number.isFinite(skewMs) ? [identity, clockCheck(scope, skewMs)] : [identity] };
}

function clockCheck(scope: Scope, skewMs: number): Check {
  const name = `clock ${scope.label}`;
  const detail = `${Math.round(skewMs / 1000)} s apart`;
  if (skewMs <= SKEW_MS) return { name, state: 'ok', detail, fix: null };
  return { name, state: 'fail', detail, fix: 'Set this machine to network time: timedatectl set-ntp true' };
}
