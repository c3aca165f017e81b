import type { Series } from './metrics.ts';

/** A CloudWatch alarm that the account's owner set up long ago: `above` for three minutes in a row. */
export interface AlarmRule {
  readonly name: string;
  readonly column: number; // of its series
  readonly above: number;
}

export interface AlarmState {
  readonly rule: AlarmRule;
  over: number; // minutes in a row over the limit
  under: number;
  ringing: boolean;
}

const PERIODS = 3;
const LIMITS: readonly { readonly metric: string; readonly above: number; readonly name: string }[] = [
  { metric: 'AWS/EC2/CPUUtilization', above: 90, name: 'cpu-high' },
  { metric: 'AWS/RDS/CPUUtilization', above: 90, name: 'cpu-high' },
  { metric: 'AWS/RDS/DatabaseConnections', above: 190, name: 'connections-high' },
  { metric: 'AWS/Lambda/Throttles', above: 30, name: 'throttled' },
  { metric: 'AWS/SQS/ApproximateAgeOfOldestMessage', above: 600, name: 'backlog' },
  { metric: 'CWAgent/disk_used_percent', above: 92, name: 'disk-nearly-full' },
];

/** The alarms of an account, by its series; plus one for failed requests of each load balancer. */
export function alarmRules(series: readonly Series[]): readonly AlarmRule[] {
  return series.flatMap((one, column) => {
    const { namespace, name, dimensions } = one.ref;
    const resource = one.node.resource.name;
    if (one.node.resource.kind === 'alb' && name === 'HTTPCode_Target_5XX_Count' && dimensions['AvailabilityZone'] === undefined) {
      return [{ name: `${resource}-5xx-high`, column, above: Math.max(20, one.node.sizing.peak * 0.02) }];
    }
    const limit = LIMITS.find((entry) => entry.metric === `${namespace}/${name}`);
    return limit === undefined ? [] : [{ name: `${resource}-${limit.name}`, column, above: limit.above }];
  });
}

/** Feeds one minute's value; says when the alarm changes its state. */
export function watch(state: AlarmState, value: number): 'alarm' | 'ok' | null {
  if (Number.isNaN(value)) return null;
  const over = value > state.rule.above;
  state.over = over ? state.over + 1 : 0;
  state.under = over ? 0 : state.under + 1;
  if (!state.ringing && state.over >= PERIODS) {
    state.ringing = true;
    return 'alarm';
  }
  if (state.ringing && state.under >= PERIODS) {
    state.ringing = false;
    return 'ok';
  }
  return null;
}
