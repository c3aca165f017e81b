import { groupsAt } from '../logs/source.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';

/** What the present config asks of AWS. Prices change; the requests are what counts, and GetMetricData is billed by metrics asked for. */
export interface Estimate {
  readonly metrics: number; // a minute
  readonly getMetricDataCallsPerMin: number;
  readonly requestsPerMin: number; // of all kinds, without pages
  readonly metricRequestsPerMonth: number;
}

const QUERIES_A_CALL = 500;
const MINUTES_A_MONTH = 60 * 24 * 30;
const INVENTORY_CALLS = 18; // of one look at everything
const INVENTORY_EVERY_MIN = 5;
const QUEUE_CALLS = 2; // a long poll and a deletion
const CHANGE_CALLS = 1;

/** Adds up what each place of the config costs a minute. */
export function estimateOf(places: readonly { readonly scope: Scope; readonly metrics: number }[], settings: AwsSettings): Estimate {
  let [metrics, calls, requests] = [0, 0, 0];
  for (const { scope, metrics: here } of places) {
    const getMetricData = Math.ceil(here / QUERIES_A_CALL);
    metrics += here;
    calls += getMetricData;
    requests += getMetricData + settings.metrics.namespaces.length / settings.metrics.discover_every_min + INVENTORY_CALLS / INVENTORY_EVERY_MIN;
    requests += groupsAt(scope, settings).length + 1; // and the alarms
    requests += (settings.cloudtrail ? CHANGE_CALLS : 0) + (settings.config_history ? CHANGE_CALLS : 0);
  }
  if (settings.queue_url !== undefined) requests += QUEUE_CALLS;
  return { metrics, getMetricDataCallsPerMin: calls, requestsPerMin: Math.ceil(requests), metricRequestsPerMonth: metrics * MINUTES_A_MONTH };
}
