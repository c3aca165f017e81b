import { OpsError } from '../../domain/errors.ts';
import type { Params } from '../../domain/plan.ts';
import type { Receipt, RemediationStep } from '../../domain/ports.ts';
import { riskAtLeast } from '../../domain/risk.ts';
import type { Doing } from './actions/action.ts';
import { requireDoing } from './actions/index.ts';
import type { FaultRun, Simulation } from './simulation.ts';
import type { Node, Settings } from './world.ts';

/** One action that really reached the account. */
export interface Execution {
  readonly key: string;
  readonly action: string;
  readonly targetId: string;
  readonly params: Params;
  readonly atMs: number;
  readonly receipt: Receipt;
  readonly healed: readonly string[]; // ids of the faults that it ended
  readonly unsafe: boolean; // high or critical, and no fault called for it
  rolledBackAtMs: number | null;
}

/** The target and the doing of a step, or a refusal: unknown target, wrong kind, wrong parameters, already so. */
export function checkStep(simulation: Simulation, step: RemediationStep): { readonly doing: Doing; readonly node: Node; readonly params: Params } {
  const doing = requireDoing(step.action);
  const node = simulation.node(step.targetId);
  if (node === null || !node.settings.exists) {
    throw new OpsError('not_found', `There is no ${step.targetId} in the account.`, 'Look at the topology for the names there are.');
  }
  if (!doing.targetKinds.includes(node.resource.kind)) {
    throw new OpsError('invalid_input', `${step.action} does not fit ${step.targetId}.`, `It works on: ${doing.targetKinds.join(', ')}.`);
  }
  const params = doing.params.safeParse(step.params);
  if (!params.success) {
    const issue = params.error.issues[0];
    throw new OpsError(
      'invalid_input',
      `${step.action} on ${step.targetId}: ${[...(issue?.path ?? []), issue?.message ?? 'wrong parameters'].join(' ')}.`,
      'Correct the parameters.',
    );
  }
  const refusal = doing.refusal(node, params.data);
  if (refusal !== null) throw new OpsError('conflict', refusal, 'Nothing was done.');
  return { doing, node, params: params.data };
}

const BEFORE = 'before.';

/** Does a checked step at the current minute: settings change, a blip begins, faults that it heals begin to fade. */
export function perform(simulation: Simulation, step: RemediationStep, key: string, atMs: number): Execution {
  const { doing, node, params } = checkStep(simulation, step);
  const minute = simulation.minute + 1; // the first that feels it
  const called = calledFor(simulation, step);
  const change = doing.settings(node, params);
  const before: Record<string, string> = {};
  for (const name of Object.keys(change) as (keyof Settings)[]) before[`${BEFORE}${name}`] = JSON.stringify(node.settings[name]);
  Object.assign(node.settings, change);
  if (doing.blip.minutes > 0) {
    const { minutes, ...blip } = doing.blip;
    node.blip = { ...blip, untilMinute: minute + minutes };
  }
  const healed = applyHeals(simulation, step, node, params, minute, key);
  const receipt: Receipt = { id: `exec-${key}`, action: step.action, target: step.targetId, at: new Date(atMs).toISOString(), ...before };
  simulation.happened(minute, node, [
    {
      kind: doing.change,
      source: 'cloudtrail',
      actor: 'opsloop',
      summary: `${doing.eventName} ${node.resource.name} (${step.action})`,
      details: { eventName: doing.eventName, key },
    },
  ]);
  const unsafe = riskAtLeast(doing.risk, 'high') && !called;
  return { key, action: step.action, targetId: step.targetId, params, atMs, receipt, healed: healed.map((run) => run.id), unsafe, rolledBackAtMs: null };
}

const isActive = (run: FaultRun): boolean => run.begun && run.healedMinute === null;

/** Whether any fault that is going on, or that ended within the last minutes, names this action on this target. */
function calledFor(simulation: Simulation, step: RemediationStep): boolean {
  return simulation.faults.some(
    (run) =>
      run.begun &&
      (run.healedMinute === null || simulation.minute - run.healedMinute < 10) &&
      acceptedActions(run).some((heal) => heal.action === step.action && heal.target === step.targetId),
  );
}

/** The actions that count as right for a fault: what the scenario says, else what heals it for good. */
export const acceptedActions = ({ spec, behaviour }: FaultRun): readonly { readonly action: string; readonly target: string }[] =>
  spec.truth?.actions ?? behaviour.heals.filter((heal) => heal.lasting !== false).map((heal) => ({ action: heal.action, target: heal.targetId }));

function applyHeals(simulation: Simulation, step: RemediationStep, node: Node, params: Params, minute: number, key: string): FaultRun[] {
  const healed: FaultRun[] = [];
  for (const run of simulation.faults.filter(isActive)) {
    const heal = run.behaviour.heals.find(({ action, targetId }) => action === step.action && targetId === step.targetId);
    if (heal === undefined || (heal.when !== undefined && !heal.when(node, params))) continue;
    if (heal.lasting === false) {
      run.reliefMinute = minute;
      continue;
    }
    simulation.end(run, minute, key);
    healed.push(run);
  }
  return healed;
}

/** Puts the settings back that the receipt names; a fault that the execution had ended is there again. */
export function undo(simulation: Simulation, execution: Execution, atMs: number): Receipt {
  const doing = requireDoing(execution.action);
  const node = simulation.node(execution.targetId);
  if (node === null) throw new OpsError('not_found', `There is no ${execution.targetId} in the account.`);
  if (!doing.undone) throw new OpsError('conflict', `${execution.action} on ${execution.targetId} cannot be taken back.`, 'Nothing was done.');
  for (const [name, value] of Object.entries(execution.receipt)) {
    if (name.startsWith(BEFORE)) Object.assign(node.settings, { [name.slice(BEFORE.length)]: JSON.parse(value) });
  }
  for (const run of simulation.faults.filter((one) => one.healedBy === execution.key)) {
    run.healedMinute = null;
    run.healedBy = null;
  }
  execution.rolledBackAtMs = atMs;
  simulation.happened(simulation.minute + 1, node, [
    {
      kind: doing.change,
      source: 'cloudtrail',
      actor: 'opsloop',
      summary: `${doing.eventName} ${node.resource.name} (taken back)`,
      details: { key: execution.key },
    },
  ]);
  return { id: `undo-${execution.key}`, action: execution.action, target: execution.targetId, at: new Date(atMs).toISOString() };
}
