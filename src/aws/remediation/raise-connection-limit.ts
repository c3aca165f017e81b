import { DescribeDBInstancesCommand, DescribeDBParametersCommand, ModifyDBParameterGroupCommand, type Parameter } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { growthRefusal } from './blast.ts';
import { asked, changedSince, compare, type Doing, paramsOf, refuse, type Target } from './doing.ts';
import { databaseOf, databaseSummary, isCluster } from './rds.ts';

const PARAMS = z.strictObject({ limit: z.number().int().min(10).max(16_000) });
const NAME = 'max_connections';
const MOST_PAGES = 20;

/** `max_connections` in the database's own parameter group, where the engine takes it without a restart. */
export const raiseConnectionLimit: Doing = {
  name: 'raise_connection_limit',
  kinds: ['rds'],
  async prepare(target, params, signal) {
    const { limit } = paramsOf(PARAMS, params, target);
    if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; name the instance whose limit is meant.`);
    const database = await databaseOf(target, signal);
    const group = database.DBParameterGroups?.[0]?.DBParameterGroupName ?? '';
    const parameter = await parameterOf(target, group, signal);
    const before = parameter?.ParameterValue ?? '';
    const sharers = await sharersOf(target, group, signal);
    return {
      summary: { ...databaseSummary(database), parameter_group: group, connection_limit: before || 'by memory', shared_by: String(sharers) },
      relies: [group, before, sharers],
      refusal: group.startsWith('default.')
        ? refuse(`${target.name} uses the group ${group}, which cannot be changed.`, 'Give it a parameter group of its own.')
        : sharers > 1
          ? refuse(`${group} is used by ${sharers} databases; the limit of all would change.`, 'Give this one a parameter group of its own.')
          : parameter?.ApplyType !== 'dynamic'
            ? refuse(`${database.Engine} takes a new limit only after a reboot.`, 'Change the parameter group by hand, then reboot_database.')
            : !/^\d+$/.test(before)
              ? refuse(`The limit of ${target.name} is a formula (${before || 'by memory'}), not a number.`, 'Set it by hand once.')
              : limit <= Number(before)
                ? refuse(`${target.name} allows ${before} connections already.`)
                : growthRefusal(`The connections of ${target.name}`, Number(before), limit, target.settings.blast),
      effect: `Lets ${target.name} take ${limit} connections instead of ${before}.`,
      before: { before, after: String(limit), group },
      async act(_key, abort) {
        await setLimit(target, group, String(limit), abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    return compare((await parameterOf(target, receipt['group'] ?? '', signal))?.ParameterValue ?? '', receipt);
  },
  async undo(target, receipt, signal) {
    const group = receipt['group'] ?? '';
    const now = (await parameterOf(target, group, signal))?.ParameterValue ?? '';
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The connection limit');
    await setLimit(target, group, receipt['before'] ?? '', signal);
  },
};

async function parameterOf(target: Target, group: string, abortSignal: AbortSignal): Promise<Parameter | undefined> {
  let Marker: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await asked(target, 'rds:DescribeDBParameters', () =>
      target.scope.check.rds.send(new DescribeDBParametersCommand({ DBParameterGroupName: group, Marker }), { abortSignal }),
    );
    const found = answer.Parameters?.find((one) => one.ParameterName === NAME);
    if (found !== undefined) return found;
    Marker = answer.Marker;
    if (Marker === undefined) break;
  }
  return undefined;
}

async function sharersOf(target: Target, group: string, abortSignal: AbortSignal): Promise<number> {
  const { DBInstances } = await asked(target, 'rds:DescribeDBInstances', () =>
    target.scope.check.rds.send(new DescribeDBInstancesCommand({ MaxRecords: 100 }), { abortSignal }),
  );
  return (DBInstances ?? []).filter((one) => one.DBParameterGroups?.some((used) => used.DBParameterGroupName === group)).length;
}

async function setLimit(target: Target, group: string, value: string, abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'rds:ModifyDBParameterGroup', () =>
    target.scope.act.rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: group,
        Parameters: [{ ParameterName: NAME, ParameterValue: value, ApplyMethod: 'immediate' }],
      }),
      { abortSignal },
    ),
  );
}
