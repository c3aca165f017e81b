import type { Core } from '../core.ts';
import type { LocalPerson } from '../types.ts';
import { BOT_USER_ID } from '../workspace.ts';

/** Who looks at the page: names, time zone and language are theirs. */
export interface Viewer {
  readonly core: Core;
  readonly person: LocalPerson;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** The name people see for a user id. */
export function nameOf({ core }: Viewer, userId: string): string {
  if (userId === BOT_USER_ID) return core.manifest.botName;
  return userId === 'USLACKBOT' ? 'Slackbot' : (core.workspace.people.get(userId)?.name ?? userId);
}

const formatters = new Map<string, Intl.DateTimeFormat>(); // making one is slow; there are a few for each person

export function format({ person }: Viewer, atMs: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${person.locale} ${person.timeZone} ${JSON.stringify(options)}`;
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(person.locale, { timeZone: person.timeZone, ...options });
  formatters.set(key, formatter);
  return formatter.format(atMs);
}

export const clockTime = (viewer: Viewer, ts: string): string => format(viewer, Number(ts) * 1000, { hour: '2-digit', minute: '2-digit' });
export const dayOf = (viewer: Viewer, ts: string): string => format(viewer, Number(ts) * 1000, { weekday: 'long', day: 'numeric', month: 'long' });

const DATES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  day_divider_pretty: { weekday: 'long', month: 'long', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

/** A date token's text: `{date_short_pretty} at {time}` in the viewer's zone and language; null when the format is not Slack's. */
export function dateToken(viewer: Viewer, seconds: number, pattern: string): string | null {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const options = DATES[name] ?? DATES[name.replace(/_pretty$/, '')];
    if (name === 'ago') return ago(viewer, seconds * 1000);
    if (options === undefined) known = false;
    const pretty = name.endsWith('_pretty') ? relativeDay(viewer, seconds * 1000) : null;
    return pretty ?? format(viewer, seconds * 1000, options ?? {});
  });
  return known ? text : null;
}

function relativeDay(viewer: Viewer, atMs: number): string | null {
  const dayNumber = (ms: number): number => Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone: viewer.person.timeZone }).format(ms)) / 86_400_000;
  const days = dayNumber(atMs) - dayNumber(viewer.core.workspace.now());
  return Math.abs(days) > 1 ? null : new Intl.RelativeTimeFormat(viewer.person.locale, { numeric: 'auto' }).format(days, 'day');
}

function ago(viewer: Viewer, atMs: number): string {
  const minutes = Math.round((atMs - viewer.core.workspace.now()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(viewer.person.locale, { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute');
  return Math.abs(minutes) < 1440 ? relative.format(Math.round(minutes / 60), 'hour') : relative.format(Math.round(minutes / 1440), 'day');
}
