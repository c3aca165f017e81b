import { clearCache } from './clear-cache.ts';
import { clearLogs } from './clear-logs.ts';
import { deleteSnapshots } from './delete-snapshots.ts';
import { deleteVolumes } from './delete-volumes.ts';
import { disableAccessKey } from './disable-access-key.ts';
import type { Doing } from './doing.ts';
import { expandVolume } from './expand-volume.ts';
import { failoverDatabase } from './failover-database.ts';
import { leaveZone } from './leave-zone.ts';
import { raiseCapacity } from './raise-capacity.ts';
import { raiseConcurrency } from './raise-concurrency.ts';
import { raiseConnectionLimit } from './raise-connection-limit.ts';
import { rebootDatabase } from './reboot-database.ts';
import { rebootInstance } from './reboot-instance.ts';
import { restartService } from './restart-service.ts';
import { revertConfig } from './revert-config.ts';
import { revokeIngress } from './revoke-ingress.ts';
import { rollbackDeploy } from './rollback-deploy.ts';
import { runAutomation } from './run-automation.ts';
import { scaleOut } from './scale-out.ts';
import { scaleUp } from './scale-up.ts';
import { stopResource } from './stop-resource.ts';
import { takeServiceDown } from './take-service-down.ts';
import { terminateInstance } from './terminate-instance.ts';

/** What opsloop can do on AWS. An action of the catalogue that is not here is refused there, in words. */
export const DOINGS: readonly Doing[] = [
  restartService,
  clearCache,
  clearLogs,
  rebootInstance,
  rebootDatabase,
  scaleOut,
  scaleUp,
  raiseConcurrency,
  raiseCapacity,
  leaveZone,
  failoverDatabase,
  rollbackDeploy,
  revertConfig,
  raiseConnectionLimit,
  expandVolume,
  disableAccessKey,
  revokeIngress,
  runAutomation,
  stopResource,
  deleteSnapshots,
  deleteVolumes,
  terminateInstance,
  takeServiceDown,
];
