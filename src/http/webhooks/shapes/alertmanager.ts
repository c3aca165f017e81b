import { z } from 'zod';
import type { Alarm } from '../../../domain/signals.ts';
import { ALARMS_MAX, alarmOf, hashOf, severityOf, timeOf } from './shape.ts';

const texts = z.record(z.string().max(500), z.string().max(10_000));
const AlertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.string().max(60),
  endsAt: z.string().max(60).optional(),
  fingerprint: z.string().min(1).max(100).optional(),
});

/** The webhook of Alertmanager (version 4), and of Grafana, which took over its shape. */
export const AlertmanagerSchema = z.object({ alerts: z.array(AlertSchema).max(ALARMS_MAX) });

const WHERE = ['resource', 'resource_id', 'instance', 'node', 'host', 'pod', 'service', 'job'] as const;
const NO_PART_OF_THE_NAME = new Set(['alertname', 'severity', 'grafana_folder']);

/** Each alert as an alarm. A notification that is repeated (`repeat_interval`) is the same alarm, since its id comes from its start. */
export function alertmanagerAlarms(body: z.infer<typeof AlertmanagerSchema>, source: 'alertmanager' | 'grafana'): readonly Alarm[] {
  return body.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => {
    const firing = status === 'firing';
    const at = firing ? startsAt : (endsAt ?? startsAt);
    const identity = fingerprint ?? hashOf(JSON.stringify(Object.entries(labels).sort()));
    return alarmOf({
      id: `${source}:${identity}:${status}:${at}`,
      name: nameOf(labels),
      state: firing ? 'alarm' : 'ok',
      timestampMs: timeOf(at),
      resourceId: placeOf(labels),
      metric: null,
      reason: annotations['summary'] ?? annotations['description'] ?? annotations['message'] ?? '',
      severity: severityOf(labels['severity']),
    });
  });
}

/** `DiskFull{mountpoint=/}`: the alert's name, with the labels that tell two alerts of that name and place apart. */
function nameOf(labels: Readonly<Record<string, string>>): string {
  const place = placeOf(labels);
  const rest = Object.entries(labels)
    .filter(([name, value]) => !NO_PART_OF_THE_NAME.has(name) && value !== place)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return `${labels['alertname'] ?? 'alert'}${rest.length === 0 ? '' : `{${rest.join(',')}}`}`;
}

function placeOf(labels: Readonly<Record<string, string>>): string | null {
  const found = WHERE.find((name) => labels[name] !== undefined && labels[name] !== '');
  if (found === undefined) return null;
  const value = labels[found] ?? '';
  return found === 'instance' ? value.replace(/:\d{1,5}$/, '') : value;
}
