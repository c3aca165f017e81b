import { OpsError } from '../../../domain/errors.ts';
import { badConfig } from './bad-config.ts';
import { badDeploy } from './bad-deploy.ts';
import { cacheMissStorm } from './cache-miss-storm.ts';
import { connectionExhaustion } from './connection-exhaustion.ts';
import { costLeak } from './cost-leak.ts';
import { cpuHog } from './cpu-hog.ts';
import { degradedHost } from './degraded-host.ts';
import { diskFilling } from './disk-filling.ts';
import { expiringCertificate } from './expiring-certificate.ts';
import type { FaultKind } from './fault.ts';
import { idleInstance } from './idle-instance.ts';
import { memoryLeak } from './memory-leak.ts';
import { openIngress } from './open-ingress.ts';
import { queueBacklog } from './queue-backlog.ts';
import { slowQuery } from './slow-query.ts';
import { suspiciousIam } from './suspicious-iam.ts';
import { throttledFunction } from './throttled-function.ts';
import { throttledTable } from './throttled-table.ts';
import { trafficSurge } from './traffic-surge.ts';
import { zoneTrouble } from './zone-trouble.ts';

/** Every fault that a scenario can have. */
export const FAULTS: readonly FaultKind[] = [
  cpuHog,
  memoryLeak,
  connectionExhaustion,
  badDeploy,
  badConfig,
  diskFilling,
  throttledFunction,
  zoneTrouble,
  costLeak,
  suspiciousIam,
  cacheMissStorm,
  trafficSurge,
  slowQuery,
  queueBacklog,
  expiringCertificate,
  throttledTable,
  degradedHost,
  openIngress,
  idleInstance,
];

const byKind = new Map(FAULTS.map((fault) => [fault.kind, fault]));

export function requireFault(kind: string): FaultKind {
  const fault = byKind.get(kind);
  if (fault !== undefined) return fault;
  throw new OpsError('invalid_input', `There is no fault "${kind.slice(0, 60)}".`, `Faults: ${[...byKind.keys()].join(', ')}.`);
}
