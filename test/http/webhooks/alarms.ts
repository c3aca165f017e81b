import type { Alarm } from '../../../src/domain/signals.ts';
import { sign } from '../../../src/webhooks/signature.ts';
import { type Api, SECRET, T0 } from '../api.ts';

/** The alarms that a server keeps. */
export const stored = async (api: Api): Promise<readonly Alarm[]> => (await api.store.signals.alarmsSince(0, 100)).alarms;

/** An alert as Alertmanager sends it. */
export const alert = (over: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'DiskFull', instance: 'web-1:9100', mountpoint: '/', severity: 'critical' },
  annotations: { summary: 'Disk is 97 % full' },
  startsAt: '2026-03-04T09:58:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'abc123',
  ...over,
});

/** A call that is signed with the shared secret. */
export const signed = (body: object) => ({ token: null, raw: JSON.stringify(body), headers: { ...sign(SECRET, JSON.stringify(body), T0) } });
