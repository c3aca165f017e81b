import { describe } from 'vitest';
import { auditContract } from './store/audit.ts';
import { incidentContract } from './store/incidents.ts';
import { leaseContract } from './store/leases.ts';
import { metricContract } from './store/metrics.ts';
import { outboxContract } from './store/outbox.ts';
import { patternVersionContract } from './store/pattern-versions.ts';
import { peopleContract } from './store/people.ts';
import type { Place } from './store/place.ts';
import { planContract } from './store/plans.ts';
import { signalContract } from './store/signals.ts';
import { smallContract } from './store/small.ts';
import { transactionContract } from './store/transactions.ts';
import { wakeContract } from './store/wake.ts';

/** What every store keeps to. `make` gives a new, empty place that can be opened several times; it cleans up after the test itself. */
export function storeContract(name: string, make: () => Place): void {
  describe(`${name} keeps the store's promises`, () => {
    metricContract(make);
    signalContract(make);
    incidentContract(make);
    planContract(make);
    peopleContract(make);
    auditContract(make);
    outboxContract(make);
    smallContract(make);
    patternVersionContract(make);
    leaseContract(make);
    transactionContract(make);
    wakeContract(make);
  });
}
