import { z } from 'zod';
import { MetricRefSchema } from '../../../domain/metric.ts';
import type { Alarm } from '../../../domain/signals.ts';
import { ALARMS_MAX, alarmOf, hashOf, severityOf } from './shape.ts';

const OneSchema = z.strictObject({
  id: z.string().min(1).max(300).optional().describe('Of this state change; the same id twice is one alarm. Left out: made of name, resource, state and time.'),
  name: z.string().trim().min(1).max(255),
  state: z.enum(['alarm', 'ok']).default('alarm'),
  at: z.iso.datetime({ offset: true }).optional().describe('When it changed; left out: now.'),
  resource: z.string().max(300).optional().describe('What it is about, such as ecs/checkout, or a name that only one resource has.'),
  severity: z.union([z.enum(['critical', 'high', 'medium', 'low', 'warning', 'error', 'info']), z.number().min(0).max(1)]).optional(),
  reason: z.string().max(2000).default(''),
  metric: MetricRefSchema.optional(),
});

/** Our own shape, for whatever has none of the others: one alarm, or a list of them. */
export const GenericSchema = z.union([z.strictObject({ alarms: z.array(OneSchema).min(1).max(ALARMS_MAX) }), OneSchema]);

export function genericAlarms(body: z.infer<typeof GenericSchema>, nowMs: number): readonly Alarm[] {
  return ('alarms' in body ? body.alarms : [body]).map(({ id, name, state, at, resource, severity, reason, metric }) => {
    const timestampMs = at === undefined ? nowMs : Date.parse(at);
    return alarmOf({
      id: `generic:${id ?? hashOf([name, resource ?? '', state, timestampMs].join('\n'))}`,
      name,
      state,
      timestampMs,
      resourceId: resource ?? null,
      metric: metric ?? null,
      reason,
      severity: typeof severity === 'string' ? severityOf(severity) : severity,
    });
  });
}
