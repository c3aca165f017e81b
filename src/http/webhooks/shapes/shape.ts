import { createHash } from 'node:crypto';
import { OpsError } from '../../../domain/errors.ts';
import type { Alarm } from '../../../domain/signals.ts';

/** The most alarms of one request. */
export const ALARMS_MAX = 1000;

const SEVERITIES: Readonly<Record<string, number>> = {
  critical: 0.95,
  page: 0.95,
  fatal: 0.95,
  error: 0.85,
  high: 0.85,
  major: 0.85,
  warning: 0.6,
  warn: 0.6,
  medium: 0.6,
  minor: 0.45,
  low: 0.35,
  info: 0.3,
  none: 0.3,
};

/** 0..1 for the words people use; undefined when it is none of them. */
export const severityOf = (word: string | undefined): number | undefined => SEVERITIES[word?.toLowerCase() ?? ''];

/** An alarm within its bounds: what is too long is cut, and stays unique by a hash. */
export function alarmOf(alarm: Omit<Alarm, 'severity'> & { readonly severity?: number | undefined }): Alarm {
  const { severity, ...rest } = alarm;
  return {
    ...rest,
    id: cut(alarm.id, 300),
    name: cut(alarm.name.trim() || 'unnamed', 255),
    resourceId: alarm.resourceId === null || alarm.resourceId.trim() === '' ? null : cut(alarm.resourceId.trim(), 300),
    reason: alarm.reason.trim().slice(0, 2000),
    ...(severity === undefined ? {} : { severity }),
  };
}

/** ISO 8601 as epoch milliseconds; also with an offset written `+0000`, as CloudWatch does. */
export function timeOf(text: string): number {
  const atMs = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(atMs)) throw new OpsError('invalid_input', `"${text.slice(0, 60)}" is not a time.`, 'Write it like 2026-03-04T10:00:00Z.');
  return atMs;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 17)}~${hashOf(text).slice(0, 16)}`);
