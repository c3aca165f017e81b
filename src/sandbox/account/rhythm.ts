import { wander } from './prng.ts';
import type { Rhythm } from './world.ts';

const DAY = 1440;
const WEEK = 7 * DAY;

/** Minute of the week of a minute of the scenario; Monday 00:00 is 0. */
export const weekMinute = (rhythm: Rhythm, minute: number): number => (((minute + rhythm.offsetMinutes) % WEEK) + WEEK) % WEEK;

/** The day's curve in 0..1: lowest about 04:00, high from late morning, a second hill in the evening. */
function dayCurve(minuteOfDay: number): number {
  const turn = (minuteOfDay / DAY) * 2 * Math.PI;
  const wave = 0.5 - 0.42 * Math.cos(turn - 1.05) - 0.16 * Math.cos(2 * turn - 0.9);
  return Math.min(1, Math.max(0, wave));
}

/** Weekday 1, weekend its own share, gliding over two hours around Saturday's and Monday's first minute. */
function weekCurve(week: number, weekend: number): number {
  const intoWeekend = Math.min(1, Math.max(0, (week - 5 * DAY + 60) / 120));
  const outOfIt = Math.max(Math.min(1, (week - WEEK + 60) / 120), week < 60 ? (week + 60) / 120 : 0);
  const share = week < 60 ? 1 - outOfIt : intoWeekend * (1 - Math.max(0, outOfIt));
  return 1 - share * (1 - weekend);
}

/** Requests a minute that users make, with noise. */
export function traffic(rhythm: Rhythm, seed: number, minute: number): number {
  const week = weekMinute(rhythm, minute);
  const level = rhythm.night + (1 - rhythm.night) * dayCurve(week % DAY);
  return Math.max(0, rhythm.peakRpm * weekCurve(week, rhythm.weekend) * level * (1 + rhythm.noise * wander(seed, 11, minute)));
}
