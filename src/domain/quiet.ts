import type { Actor } from './actor.ts';

/** How much noise people take, and when they are reminded. */
export interface Quiet {
  readonly cardsPerServiceAnHour: number; // above it, a service's new incidents share one card
  readonly cardsAnHour: number; // the same over all services
  readonly remindAfterMs: number; // an incident nobody has taken
  readonly remindMost: number;
  readonly digestDay: number; // 0 Sunday … 6 Saturday; -1: no digest
  readonly digestHour: number; // UTC
}

/** Several incidents that share one card, by when they came. */
export interface StormRecord {
  readonly id: string; // STORM-…
  readonly service: string | null; // null: over all services
  readonly openedAtMs: number;
  readonly lastAtMs: number;
  readonly incidentIds: readonly string[];
}

/** Planned work on a service: its trouble is recorded and makes no noise. */
export interface Maintenance {
  readonly id: string;
  readonly service: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reason: string;
  readonly by: Actor;
}

/** What one person chose; `auto` is what Slack says of them. */
export interface Preferences {
  readonly locale: 'auto' | 'en' | 'zh';
  readonly dm: boolean; // a direct message when an approval waits for them
}
export const NO_PREFERENCES: Preferences = { locale: 'auto', dm: false };
