import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { growthRefusal } from './blast.ts';
import { asked, changedSince, compare, type Doing, missing, paramsOf, refuse, type Target } from './doing.ts';

const PARAMS = z.strictObject({ units: z.number().int().min(1).max(40_000) });

interface Capacity {
  readonly read: number;
  readonly write: number;
  readonly status: string;
  readonly onDemand: boolean;
}
const textOf = ({ read, write }: Pick<Capacity, 'read' | 'write'>): string => `${read} ${write}`;

/** Raises provisioned reads and writes to at least so many units; neither is ever lowered. */
export const raiseCapacity: Doing = {
  name: 'raise_capacity',
  kinds: ['dynamodb'],
  async prepare(target, params, signal) {
    const { units } = paramsOf(PARAMS, params, target);
    const now = await capacityOf(target, signal);
    const after = { read: Math.max(now.read, units), write: Math.max(now.write, units) };
    const { blast } = target.settings;
    return {
      summary: { reads: String(now.read), writes: String(now.write), state: now.status.toLowerCase(), mode: now.onDemand ? 'on demand' : 'provisioned' },
      relies: now,
      refusal: now.onDemand
        ? refuse(`${target.name} is on demand; it has no capacity to raise.`)
        : now.status !== 'ACTIVE'
          ? refuse(`${target.name} is ${now.status.toLowerCase()}; it can be changed when it is active.`)
          : textOf(after) === textOf(now)
            ? refuse(`${target.name} has ${now.read} read and ${now.write} write units already.`)
            : (growthRefusal(`The reads of ${target.name}`, now.read, after.read, blast) ??
              growthRefusal(`The writes of ${target.name}`, now.write, after.write, blast)),
      effect: `Gives ${target.name} ${after.read} read and ${after.write} write units instead of ${now.read} and ${now.write}.`,
      before: { before: textOf(now), after: textOf(after) },
      async act(_key, abort) {
        await provision(target, textOf(after), abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    const now = await capacityOf(target, signal);
    return now.status === 'UPDATING' ? 'yes' : compare(textOf(now), receipt);
  },
  async undo(target, receipt, signal) {
    const now = textOf(await capacityOf(target, signal));
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The capacity');
    await provision(target, receipt['before'] ?? '', signal);
  },
};

async function capacityOf(target: Target, abortSignal: AbortSignal): Promise<Capacity> {
  const { Table } = await asked(target, 'dynamodb:DescribeTable', () =>
    target.scope.check.dynamo.send(new DescribeTableCommand({ TableName: target.name }), { abortSignal }),
  );
  if (Table === undefined) throw missing(target);
  return {
    read: Table.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
    write: Table.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
    status: Table.TableStatus ?? 'unknown',
    onDemand: Table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
  };
}

async function provision(target: Target, units: string, abortSignal: AbortSignal): Promise<void> {
  const [ReadCapacityUnits, WriteCapacityUnits] = units.split(' ').map(Number);
  await asked(target, 'dynamodb:UpdateTable', () =>
    target.scope.act.dynamo.send(new UpdateTableCommand({ TableName: target.name, ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }), {
      abortSignal,
    }),
  );
}
