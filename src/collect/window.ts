import type { TimeWindow } from '../domain/ports.ts';

const OVERLAP_MS = 5 * 60_000; // sources file points late; what is read again is recognised and dropped
const MAX_WINDOW_MS = 6 * 3_600_000; // after a long stop, catch up piece by piece

/**
 * What to read next of a source: back-fill at first sight, afterwards from a little before the watermark. Null when there is
 * nothing new to read, also when the clock was set back.
 */
export function nextWindow(watermarkMs: number | null, nowMs: number, backfillMs: number): TimeWindow | null {
  if (watermarkMs === null) return { fromMs: nowMs - backfillMs, toMs: nowMs };
  if (nowMs <= watermarkMs) return null;
  const fromMs = watermarkMs - OVERLAP_MS;
  return { fromMs, toMs: Math.min(nowMs, watermarkMs + MAX_WINDOW_MS) };
}

const FIRST_DELAY_MS = 60_000;
const LONGEST_DELAY_MS = 10 * 60_000;

/** How long to leave a source alone after so many failures in a row. Milliseconds. */
export const backoffMs = (failures: number): number => Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
