/** What a picture of a metric shows; the renderer turns it into a PNG. Times in epoch ms, values in `unit`. */
export interface ChartSpec {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly points: readonly { readonly timestampMs: number; readonly value: number | null }[] }[];
  readonly band: readonly { readonly timestampMs: number; readonly low: number; readonly high: number }[];
  readonly threshold: number | null;
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number; readonly label: string }[]; // anomalies
  readonly markers: readonly { readonly atMs: number; readonly label: string }[]; // changes, actions
}
