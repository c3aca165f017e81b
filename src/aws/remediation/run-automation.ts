import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeAutomationExecutionsCommand,
  DescribeDocumentCommand,
  type DocumentDescription,
  GetAutomationExecutionCommand,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { Params } from '../../domain/plan.ts';
import { asked, type Doing, paramsOf, refuse, type Target } from './doing.ts';

const PARAMS = z.object({ document: z.string().regex(/^[\w.-]{3,128}$/) }).catchall(z.union([z.string(), z.number(), z.boolean()]));
const NEVER = /terminate|delete|destroy|purge/i; // those have actions of their own, which need several people
const POLL_MS = 2000;
const RUNNING = new Set(['Pending', 'InProgress', 'Waiting', 'Cancelling', 'Scheduled', 'RunbookInProgress', 'PendingApproval', 'Approved']);
const TAG = 'opsloop:run';

/** An SSM Automation document that the config names, with its parameters checked against the document itself. */
export const runAutomation: Doing = {
  name: 'run_automation',
  kinds: ['ec2', 'ecs', 'rds', 'asg', 'lambda', 'elasticache', 'alb', 'dynamodb', 'sqs', 'ebs', 'config'],
  async prepare(target, params, signal) {
    const { document, ...given } = paramsOf(PARAMS, params, target);
    const named = namedInConfig(target, document);
    const description = await describe(target, document, signal);
    const values: Record<string, string> = {
      [named]: lastName(target),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    };
    const problem = parameterProblem(description, values);
    return {
      summary: { document, version: description.DocumentVersion ?? 'unknown', owner: description.Owner ?? 'unknown', ...values },
      relies: [document, description.DocumentVersion, description.Hash, values],
      refusal: problem === null ? null : new OpsError('invalid_input', `${document} cannot run: ${problem}.`, 'Correct the parameters.'),
      effect: `Runs the automation ${document} on ${target.name}.`,
      before: { document, version: description.DocumentVersion ?? '' },
      act: (key, abort) => run(target, document, description.DocumentVersion, values, key, abort),
    };
  },
  async happened(target, receipt, abortSignal) {
    const Filters = [{ Key: 'TagKey' as const, Values: [`${TAG}:${tokenOf(receipt['key'] ?? '')}`] }];
    const { AutomationExecutionMetadataList = [] } = await asked(target, 'ssm:DescribeAutomationExecutions', () =>
      target.scope.check.ssm.send(new DescribeAutomationExecutionsCommand({ Filters, MaxResults: 5 }), { abortSignal }),
    );
    return AutomationExecutionMetadataList.length > 0 ? 'yes' : 'unknown'; // the list lags a little behind
  },
  undo: null,
};

const lastName = (target: Target): string => target.name.split('/').at(-1) ?? target.name;

/** The parameter that takes the target; refuses documents that the config does not name for this kind, and those that destroy. */
function namedInConfig(target: Target, document: string): string {
  const named = target.settings.automation.find((one) => one.document === document);
  if (NEVER.test(document))
    throw new OpsError(
      'forbidden',
      `${document} destroys; opsloop does not run it as an automation.`,
      'Use the action of the catalogue, which several people approve.',
    );
  if (named === undefined) {
    const names = target.settings.automation.map((one) => one.document).join(', ') || 'none';
    throw new OpsError('forbidden', `The config does not name the automation ${document}.`, `Named under aws.automation: ${names}.`);
  }
  if (!named.target_kinds.includes(target.resource.kind))
    throw new OpsError('invalid_input', `${document} does not work on ${target.resource.id}.`, `The config names it for: ${named.target_kinds.join(', ')}.`);
  return named.target_parameter;
}

async function describe(target: Target, Name: string, abortSignal: AbortSignal): Promise<DocumentDescription> {
  const { Document } = await asked(target, 'ssm:DescribeDocument', () => target.scope.check.ssm.send(new DescribeDocumentCommand({ Name }), { abortSignal }));
  if (Document?.DocumentType !== 'Automation') throw refuse(`${Name} is no Automation document.`);
  return Document;
}

/** What is wrong with the parameters, in words; null when they fit the document. */
function parameterProblem(document: DocumentDescription, values: Params): string | null {
  const known = new Map((document.Parameters ?? []).map((one) => [one.Name ?? '', one]));
  for (const name of Object.keys(values)) if (!known.has(name)) return `it has no parameter ${name} (it has: ${[...known.keys()].join(', ') || 'none'})`;
  for (const [name, one] of known) if (one.DefaultValue === undefined && !(name in values)) return `its parameter ${name} is missing`;
  return null;
}

/** SSM takes a UUID as client token: the same key can never start it twice. */
function tokenOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function run(
  target: Target,
  document: string,
  version: string | undefined,
  values: Record<string, string>,
  key: string,
  abortSignal: AbortSignal,
): Promise<Record<string, string>> {
  const { act, check } = target.scope;
  const ClientToken = tokenOf(key);
  const { AutomationExecutionId } = await asked(target, 'ssm:StartAutomationExecution', () =>
    act.ssm.send(
      new StartAutomationExecutionCommand({
        DocumentName: document,
        DocumentVersion: version,
        Parameters: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
        ClientToken,
        Tags: [{ Key: `${TAG}:${ClientToken}`, Value: target.resource.id.slice(0, 256) }],
      }),
      { abortSignal },
    ),
  );
  for (;;) {
    const { AutomationExecution } = await asked(target, 'ssm:GetAutomationExecution', () =>
      check.ssm.send(new GetAutomationExecutionCommand({ AutomationExecutionId }), { abortSignal }),
    );
    const status = AutomationExecution?.AutomationExecutionStatus ?? 'Pending';
    // One that failed half-way has changed things: verification and people judge, not the status.
    if (!RUNNING.has(status)) return { execution: AutomationExecutionId ?? '', status };
    await sleep(POLL_MS, undefined, { signal: abortSignal });
  }
}
