import type { LocalChannel, LocalGroup, LocalPerson } from './types.ts';

/** Who works here when nobody says otherwise. */
export const DEFAULT_PEOPLE: readonly LocalPerson[] = [
  { id: 'U0ANA0001', name: 'Ana Ruiz', handle: 'ana', locale: 'en-US', timeZone: 'Europe/Madrid', admin: true },
  { id: 'U0BEN0002', name: 'Ben Okafor', handle: 'ben', locale: 'en-GB', timeZone: 'Africa/Lagos' },
  { id: 'U0LIW0003', name: '李薇', handle: 'liwei', locale: 'zh-CN', timeZone: 'Asia/Shanghai' },
  { id: 'U0DMI0004', name: 'Dmitri Orlov', handle: 'dmitri', locale: 'en-US', timeZone: 'Europe/Berlin' },
];

export const DEFAULT_CHANNELS: readonly LocalChannel[] = [
  { id: 'C0OPS00001', name: 'ops' },
  { id: 'C0GEN00002', name: 'general' },
];

export const DEFAULT_GROUPS: readonly LocalGroup[] = [{ id: 'S0ONCALL1', handle: 'on-call', members: ['U0ANA0001', 'U0BEN0002', 'U0LIW0003'] }];
