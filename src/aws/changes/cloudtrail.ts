import { type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Batch, ChangeSource, Clock, TimeWindow } from '../../domain/ports.ts';
import type { Change } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { Pace } from '../pace.ts';
import type { Scope } from '../scope.ts';
import { changeOfRecord } from './record.ts';

const CALLS_A_SECOND = 2;
const LATE_MS = 15 * 60_000; // CloudTrail may show an event so late
const SLICE_MS = 3_600_000;
const SHORTEST_SLICE_MS = 60_000;
const PAGES_A_READ = 36; // 50 events each; at two a second, within the time-out of a source

/**
 * Changes by API call, of one scope. Events come newest first and late: the watermark stays a quarter of an hour behind, and a
 * window is read in slices, oldest first, so that a stop in the middle loses nothing.
 */
export class CloudTrailChanges implements ChangeSource {
  readonly name: string;
  readonly #scope: Scope;
  readonly #inventory: Inventory;
  readonly #clock: Clock;
  readonly #pace = new Pace(CALLS_A_SECOND);

  constructor(scope: Scope, inventory: Inventory, clock: Clock) {
    this.name = `CloudTrail ${scope.label}`;
    this.#scope = scope;
    this.#inventory = inventory;
    this.#clock = clock;
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<Change>> {
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps: [] };
    const found = new Map<string, Change>();
    const gaps: string[] = [];
    let pagesLeft = PAGES_A_READ;
    let doneMs = window.fromMs;
    let sliceMs = SLICE_MS;
    let unreadable = 0;
    while (doneMs < window.toMs && pagesLeft > 0) {
      const slice = { fromMs: doneMs, toMs: Math.min(window.toMs, doneMs + sliceMs) };
      const { events, pages, whole } = await this.#slice(slice, pagesLeft, signal);
      pagesLeft -= pages;
      for (const event of events) {
        const change = changeOfEvent(event, (plain) => this.#inventory.known(plain));
        if (change === undefined) unreadable += 1;
        else if (change !== null && change.timestampMs > window.fromMs && change.timestampMs <= window.toMs) found.set(change.id, change);
      }
      if (whole) doneMs = slice.toMs;
      else if (doneMs === window.fromMs && sliceMs <= SHORTEST_SLICE_MS) {
        gaps.push(`CloudTrail in ${this.#scope.label} has more events a minute than can be looked up; the oldest of one minute are left out.`);
        doneMs = slice.toMs;
      }
      if (!whole && sliceMs > SHORTEST_SLICE_MS) {
        sliceMs = Math.max(SHORTEST_SLICE_MS, sliceMs / 8);
        pagesLeft = Math.max(pagesLeft, doneMs === window.fromMs ? Math.floor(PAGES_A_READ / 4) : 0);
      }
    }
    if (unreadable > 0) gaps.push(`CloudTrail in ${this.#scope.label} gave ${unreadable} events of an unknown shape; they are left out.`);
    const settledMs = this.#clock.now() - LATE_MS;
    return { items: [...found.values()], completeUntilMs: Math.max(window.fromMs + 1, Math.min(doneMs, settledMs)), gaps };
  }

  async #slice(window: TimeWindow, mostPages: number, abortSignal: AbortSignal): Promise<{ events: Event[]; pages: number; whole: boolean }> {
    const events: Event[] = [];
    const most = Math.min(mostPages, PAGES_A_READ / 2);
    let token: string | undefined;
    for (let page = 1; page <= most; page += 1) {
      await this.#pace.turn(abortSignal);
      const answer = await reading(this.#scope, 'cloudtrail:LookupEvents', () =>
        this.#scope.read.cloudTrail.send(
          new LookupEventsCommand({
            StartTime: new Date(window.fromMs),
            EndTime: new Date(window.toMs),
            LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
            MaxResults: 50,
            NextToken: token,
          }),
          { abortSignal },
        ),
      );
      events.push(...(answer.Events ?? []));
      token = answer.NextToken;
      if (token === undefined) return { events, pages: page, whole: true };
    }
    return { events, pages: Math.max(1, most), whole: false };
  }
}

function changeOfEvent(event: Event, known: (plain: string) => string): Change | null | undefined {
  try {
    return changeOfRecord(JSON.parse(event.CloudTrailEvent ?? ''), known);
  } catch {
    return undefined; // not JSON: counted by the caller
  }
}
