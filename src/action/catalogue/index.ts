import type { ActionFacts } from '../../domain/action.ts';
import { OpsError } from '../../domain/errors.ts';
import { clearCache } from './clear-cache.ts';
import { clearLogs } from './clear-logs.ts';
import { deleteSnapshots } from './delete-snapshots.ts';
import { deleteVolumes } from './delete-volumes.ts';
import { disableAccessKey } from './disable-access-key.ts';
import { expandVolume } from './expand-volume.ts';
import { failoverDatabase } from './failover-database.ts';
import { leaveZone } from './leave-zone.ts';
import { raiseCapacity } from './raise-capacity.ts';
import { raiseConcurrency } from './raise-concurrency.ts';
import { raiseConnectionLimit } from './raise-connection-limit.ts';
import { rebootDatabase } from './reboot-database.ts';
import { rebootInstance } from './reboot-instance.ts';
import { renewCertificate } from './renew-certificate.ts';
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

/** Every action opsloop knows, lowest risk first. What is not here cannot run. */
export const CATALOGUE: readonly ActionFacts[] = [
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
  renewCertificate,
  runAutomation,
  stopResource,
  deleteSnapshots,
  deleteVolumes,
  terminateInstance,
  takeServiceDown,
];

const byName = new Map(CATALOGUE.map((facts) => [facts.name, facts]));

export const findAction = (name: string): ActionFacts | null => byName.get(name) ?? null;

/** The facts of an action, or a refusal that names the ones there are. */
export function requireAction(name: string): ActionFacts {
  const facts = byName.get(name);
  if (facts !== undefined) return facts;
  throw new OpsError('not_found', `There is no action "${name.slice(0, 60)}".`, `Actions: ${[...byName.keys()].join(', ')}.`);
}
