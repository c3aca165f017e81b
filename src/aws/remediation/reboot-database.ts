import { RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { asked, type Doing, refuse } from './doing.ts';
import { databaseOf, databaseRelies, databaseSummary, isCluster } from './rds.ts';

export const rebootDatabase: Doing = {
  name: 'reboot_database',
  kinds: ['rds'],
  async prepare(target, _params, signal) {
    if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; name the instance of it to reboot.`);
    const now = await databaseOf(target, signal);
    return {
      summary: databaseSummary(now),
      relies: databaseRelies(now),
      refusal: now.DBInstanceStatus === 'available' ? null : refuse(`${target.name} is ${now.DBInstanceStatus}; it can be rebooted when it is available.`),
      effect: `Reboots ${target.name}; every connection is cut and it is away for about a minute.`,
      before: {},
      async act(_key, abortSignal) {
        await asked(target, 'rds:RebootDBInstance', () =>
          target.scope.act.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: target.name }), { abortSignal }),
        );
        return {};
      },
    };
  },
  async happened(target, _receipt, signal) {
    return (await databaseOf(target, signal)).DBInstanceStatus === 'rebooting' ? 'yes' : 'unknown';
  },
  undo: null,
};
