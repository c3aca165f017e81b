import type { TopologyView, WeekView } from './views.ts';

/** What a picture of a metric shows; the renderer turns it into a PNG. Times in epoch ms, values in `unit`. */
export interface ChartSpec {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly points: readonly { readonly timestampMs: number; readonly value: number | null }[] }[];
  readonly band: readonly { readonly timestampMs: number; readonly low: number; readonly high: number }[];
  readonly threshold: number | null;
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number; readonly label: string }[]; // anomalies
  readonly markers: readonly { readonly atMs: number; readonly label: string }[]; // changes, actions
  readonly locale?: 'en' | 'zh'; // of the words on it; English when left out
}

/** What happened, in the order of time: one row an event. */
export interface TimelineSpec {
  readonly kind: 'timeline';
  readonly locale: 'en' | 'zh';
  readonly title: string;
  readonly events: readonly {
    readonly atMs: number;
    readonly toMs: number | null;
    readonly tone: 'signal' | 'change' | 'loop' | 'person';
    readonly label: string;
  }[];
}

/** A piece of the topology, callers on the left. */
export interface TopologySpec extends TopologyView {
  readonly kind: 'topology';
  readonly locale: 'en' | 'zh';
}

/** How many incidents a day, by how they ended. */
export interface TrendSpec {
  readonly kind: 'trend';
  readonly locale: 'en' | 'zh';
  readonly days: WeekView['days'];
}

export type PictureSpec = TimelineSpec | TopologySpec | TrendSpec;
