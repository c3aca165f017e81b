import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { LIVE_INCIDENT_STATES } from '../domain/incident.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { SourceStatus } from '../domain/views.ts';
import { watchSlack } from './requests.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const AUDIT_PAGE = 5000;
const AUDIT_PAGES_MAX = 20; // a scrape reads so much of the audit; the next goes on
const LIVE_MAX = 10_000;

export interface MetricsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly sources: () => readonly SourceStatus[];
  readonly ticks: { readonly lastTickAtMs: number | null; readonly lastTickMs: number | null; readonly errors: number };
  /** Where Slack's Web API is; requests to it are timed. */
  readonly slackUrl: string;
}

/** How opsloop itself is doing, for Prometheus. */
export interface Metrics {
  /** After each tick. */
  ticked(): void;
  answered(route: string, method: string, status: number, tookMs: number): void;
  alarmsStored(count: number): void;
  /** The text exposition format. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

export function createMetrics(parts: MetricsParts): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  collectDefaultMetrics({ register });
  const tick = new Histogram({ name: 'opsloop_tick_duration_seconds', help: 'How long a round of the loop took', buckets: SECONDS, registers });
  const sourceErrors = new Counter({
    name: 'opsloop_source_errors_total',
    help: 'Ticks at which a source could not be read',
    labelNames: ['source', 'kind'],
    registers,
  });
  const http = new Histogram({
    name: 'opsloop_http_request_duration_seconds',
    help: 'Requests to the HTTP API',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers,
  });
  const alarms = new Counter({ name: 'opsloop_alarms_received_total', help: 'Alarms that came by webhook and were stored', registers });
  const stopWatching = slackMetrics(parts.slackUrl, registers);
  loopGauges(parts, registers);
  storeGauges(parts, registers);
  eventCounter(parts.store, registers);
  let lastTickAtMs: number | null = null;
  return {
    ticked() {
      const { lastTickAtMs: atMs, lastTickMs } = parts.ticks;
      if (atMs === lastTickAtMs || lastTickMs === null) return;
      lastTickAtMs = atMs;
      tick.observe(lastTickMs / 1000);
      for (const { ok, name, kind } of parts.sources()) if (!ok) sourceErrors.inc({ source: name, kind });
    },
    answered: (route, method, status, tookMs) => http.observe({ route, method, status: String(status) }, tookMs / 1000),
    alarmsStored: (count) => alarms.inc(count),
    text: () => register.metrics(),
    contentType: register.contentType,
    close() {
      stopWatching();
      register.clear();
    },
  };
}

/** Calls to Slack's Web API as they go over the wire: how long, and with what status (429: told to slow down). */
function slackMetrics(slackUrl: string, registers: Registry[]): () => void {
  const requests = new Histogram({
    name: 'opsloop_slack_request_duration_seconds',
    help: 'Calls to the Slack Web API',
    labelNames: ['method'],
    buckets: SECONDS,
    registers,
  });
  const answers = new Counter({
    name: 'opsloop_slack_responses_total',
    help: 'Answers of the Slack Web API by HTTP status; "error": none came',
    labelNames: ['status'],
    registers,
  });
  return watchSlack(
    slackUrl,
    () => null,
    (_, { method, status, tookMs }) => {
      if (method !== null) requests.observe({ method }, tookMs / 1000);
      answers.inc({ status: status === null ? 'error' : String(status) });
    },
  );
}

function loopGauges({ ticks, clock, sources }: MetricsParts, registers: Registry[]): void {
  new Gauge({
    name: 'opsloop_tick_age_seconds',
    help: 'Since the last round of the loop; NaN before the first',
    registers,
    collect() {
      this.set(ticks.lastTickAtMs === null ? Number.NaN : (clock.now() - ticks.lastTickAtMs) / 1000);
    },
  });
  new Counter({
    name: 'opsloop_stage_errors_total',
    help: 'Stages of the loop that failed',
    registers,
    collect() {
      this.reset();
      this.inc(ticks.errors);
    },
  });
  new Gauge({
    name: 'opsloop_source_up',
    help: '1 while a source can be read',
    labelNames: ['source', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { name, kind, ok } of sources()) this.set({ source: name, kind }, ok ? 1 : 0);
    },
  });
  new Gauge({
    name: 'opsloop_source_age_seconds',
    help: 'Since a source was last read',
    labelNames: ['source', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { name, kind, lastReadAtMs } of sources()) if (lastReadAtMs !== null) this.set({ source: name, kind }, (clock.now() - lastReadAtMs) / 1000);
    },
  });
}

function storeGauges({ store }: MetricsParts, registers: Registry[]): void {
  const gauge = (name: string, help: string, count: () => Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await count());
      },
    });
  };
  gauge('opsloop_outbox_size', 'Messages that wait for Slack', () => store.outbox.size());
  gauge('opsloop_anomalies_live', 'Anomalies that go on', async () => (await store.anomalies.live(LIVE_MAX)).length);
  gauge(
    'opsloop_incidents_open',
    'Incidents that are not over',
    async () => (await store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: LIVE_MAX })).length,
  );
  gauge(
    'opsloop_plans_waiting',
    'Plans that wait for people',
    async () => (await store.plans.list({ states: ['notified', 'awaiting_approval'], limit: LIVE_MAX })).length,
  );
  gauge('opsloop_switches_off', 'Kill switches that hold actions back', async () => (await store.switches.list()).length);
  new Gauge({
    name: 'opsloop_store_bytes',
    help: 'Size of the database',
    labelNames: ['file'],
    registers,
    async collect() {
      for (const [file, bytes] of Object.entries(await store.bytes())) this.set({ file }, bytes);
    },
  });
}

/**
 * What happened, counted from the audit itself: it is complete, and goes on over restarts. Nothing is told before all of it is
 * read: less than before the restart would count as a reset, and all of it as new.
 */
function eventCounter(store: Store, registers: Registry[]): void {
  const counts = new Map<string, number>();
  let after = 0;
  new Counter({
    name: 'opsloop_events_total',
    help: 'What the audit holds: incidents opened and resolved, plans proposed, approved, run, …',
    labelNames: ['event'],
    registers,
    async collect() {
      for (let pages = 0; pages < AUDIT_PAGES_MAX; pages += 1) {
        const rows = await store.audit.list({ after, limit: AUDIT_PAGE });
        for (const row of rows) {
          counts.set(row.verb, (counts.get(row.verb) ?? 0) + 1);
          after = row.seq;
        }
        if (rows.length === AUDIT_PAGE) continue;
        this.reset();
        for (const [event, count] of counts) this.inc({ event }, count);
        return;
      }
    },
  });
}
