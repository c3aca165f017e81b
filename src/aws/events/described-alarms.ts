import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmSource, Batch, TimeWindow } from '../../domain/ports.ts';
import type { Alarm } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { Pace } from '../pace.ts';
import type { Scope } from '../scope.ts';
import { alarmOf } from './alarm.ts';

const CALLS_A_SECOND = 8;
const MOST_PAGES = 100; // of 100 alarms

/** The alarms of a scope as they stand: those whose last change of state lies in the window. The queue tells the changes in between. */
export class DescribedAlarms implements AlarmSource {
  readonly name: string;
  readonly #scope: Scope;
  readonly #inventory: Inventory;
  readonly #pace = new Pace(CALLS_A_SECOND);

  constructor(scope: Scope, inventory: Inventory) {
    this.name = `CloudWatch alarms ${scope.label}`;
    this.#scope = scope;
    this.#inventory = inventory;
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<Alarm>> {
    const items: Alarm[] = [];
    const gaps: string[] = [];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES && window.toMs > window.fromMs; page += 1) {
      await this.#pace.turn(signal);
      const answer = await reading(this.#scope, 'cloudwatch:DescribeAlarms', () =>
        this.#scope.read.cloudWatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, NextToken: token }), {
          abortSignal: signal,
        }),
      );
      for (const alarm of [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])]) {
        const told = this.#told(alarm);
        if (told !== null && told.timestampMs > window.fromMs && told.timestampMs <= window.toMs) items.push(told);
      }
      token = answer.NextToken;
      if (token === undefined) break;
    }
    if (token !== undefined) gaps.push(`There are more than ${MOST_PAGES * 100} alarms in ${this.#scope.label}; the rest was not looked at.`);
    return { items, completeUntilMs: window.toMs, gaps };
  }

  #told(alarm: Pick<MetricAlarm, 'AlarmName' | 'StateValue' | 'StateUpdatedTimestamp' | 'StateReason'> & Partial<MetricAlarm>): Alarm | null {
    const atMs = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime();
    if (alarm.AlarmName === undefined || atMs === undefined) return null;
    const { Namespace, MetricName, Dimensions = [], ExtendedStatistic, Statistic } = alarm;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
    const metric =
      Namespace === undefined || MetricName === undefined
        ? null
        : { namespace: Namespace, name: MetricName, dimensions, stat: ExtendedStatistic ?? Statistic ?? 'Average' };
    const raw = { name: alarm.AlarmName, state: alarm.StateValue ?? '', atMs, reason: alarm.StateReason ?? '', metric };
    return alarmOf(raw, (plain) => this.#inventory.known(plain));
  }
}
