import { setImmediate as breathe } from 'node:timers/promises';
import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { Store } from '../../domain/store.ts';
import { type LogEpisode, LogWatch } from '../../pattern/log-anomalies.ts';

const READER = 'log-watch';
const BATCH = 500; // lines at once: a few milliseconds
const MOST_BATCHES = 200; // of one run; the rest waits for the next
const TAUGHT_LINES = 50_000; // read again after a restart
const MOST_LIVE = 10_000;
const MOST_INCIDENTS = 500;

/**
 * Follows the log lines as they arrive and files what is not usual as anomalies, with its watermark in one transaction.
 * Urgent ones are filed at once; new templates and warnings only where something is wrong already, as more of the picture.
 */
export class LogReader {
  private readonly store: Store;
  private readonly nextId: () => string;
  private watch: LogWatch | null = null;
  private readonly filed = new Set<string>(); // ids of going episodes that are in the store

  constructor(store: Store, nextId: () => string) {
    this.store = store;
    this.nextId = nextId;
  }

  /** Reads what came since the last run. After an error, or a restart, it first learns again what it had read. */
  async run(nowMs: number): Promise<void> {
    try {
      this.watch ??= await this.taught();
      for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
        const after = (await this.store.watermarks.get(READER)) ?? 0;
        const { lines, sequence } = await this.store.signals.logsSince(after, BATCH);
        const changed = this.watch.observe(lines, nowMs);
        await this.file(await this.worthFiling(this.watch, changed), after === sequence ? null : sequence, nowMs);
        if (lines.length < BATCH) return;
        await breathe();
      }
    } catch (thrown) {
      this.watch = null; // it may have counted what was not filed
      throw thrown;
    }
  }

  private async taught(): Promise<LogWatch> {
    const watch = new LogWatch(this.nextId);
    const until = (await this.store.watermarks.get(READER)) ?? 0;
    for (let after = Math.max(0, until - TAUGHT_LINES); after < until; ) {
      const { lines, sequence } = await this.store.signals.logsSince(after, Math.min(BATCH, until - after));
      if (sequence === after) break;
      watch.teach(lines);
      after = sequence;
      await breathe();
    }
    const going = (await this.store.anomalies.live(MOST_LIVE)).filter(({ method }) => method === 'log');
    watch.adopt(going);
    this.filed.clear();
    for (const { id } of going) this.filed.add(id);
    return watch;
  }

  private async worthFiling(watch: LogWatch, changed: readonly LogEpisode[]): Promise<LogEpisode[]> {
    const filed = changed.filter(({ anomaly, urgent }) => urgent || this.filed.has(anomaly.id));
    const waiting = watch.going().filter(({ anomaly, urgent }) => !urgent && !this.filed.has(anomaly.id));
    if (waiting.length === 0) return filed;
    const incidents = await this.store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: MOST_INCIDENTS });
    const sick = new Set(incidents.flatMap(({ resourceIds }) => resourceIds));
    return [...filed, ...waiting.filter(({ anomaly }) => sick.has(anomaly.resourceId))];
  }

  private async file(episodes: readonly LogEpisode[], sequence: number | null, nowMs: number): Promise<void> {
    if (episodes.length === 0 && sequence === null) return;
    const anomalies = episodes.map(({ anomaly }) => anomaly);
    await this.store.transaction(async (tx) => {
      await tx.anomalies.save(anomalies);
      if (sequence !== null) await tx.watermarks.set(READER, sequence);
      const touched = new Set<string>();
      for (const { id } of anomalies) {
        const incidentId = (await tx.anomalies.get(id))?.incidentId ?? null;
        if (incidentId !== null) touched.add(incidentId);
      }
      for (const incidentId of touched) await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
    });
    for (const { id, endedAtMs } of anomalies) {
      if (endedAtMs === null) this.filed.add(id);
      else this.filed.delete(id);
    }
  }
}
