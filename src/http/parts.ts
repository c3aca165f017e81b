import type { IngestionView } from '../domain/ingestion.ts';
import type { Log } from '../domain/log.ts';
import type { Subject } from '../domain/names.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import type { Step } from '../domain/step.ts';
import type { Store } from '../domain/store.ts';
import type { SourceStatus } from '../domain/views.ts';
import type { Verbs } from '../loop/verbs.ts';
import type { Metrics } from '../metrics/metrics.ts';

export type FetchText = (url: string) => Promise<string>;

export interface WebhookSettings {
  /** Shared secret of signed webhooks; null: only tokens with the scope `ingest`. */
  readonly secret: string | null;
  /** Topics whose messages are taken. */
  readonly snsTopics: readonly string[];
}

export interface HttpSettings {
  /** Origins of web pages that may call the API from a browser; none by default. */
  readonly corsOrigins: readonly string[];
  /** Requests a minute of one token. */
  readonly ratePerMin: number;
  readonly webhooks: WebhookSettings;
}

/** How the loop ticks. `lastTickMs`: how long it took. */
export interface TickState {
  readonly lastTickAtMs: number | null;
  readonly lastTickMs: number | null;
  readonly errors: number;
}

/** What the HTTP edge works with. */
export interface HttpParts {
  readonly verbs: Verbs;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly slackReady: () => boolean;
  /** Whether this replica leads the loop; those that do not read no sources themselves. */
  readonly leads: () => boolean;
  /** Slack's address of the card of an incident or plan; null: it has none. */
  readonly permalink: (subject: Subject) => Promise<string | null>;
  readonly sources: () => readonly SourceStatus[];
  /** How the knowledge base takes up what changed; null: it needs no time for that. */
  readonly ingestion?: () => IngestionView | null;
  readonly ticks: TickState;
  readonly settings: HttpSettings;
  readonly metrics: Metrics;
  readonly step: Step;
  /** Alarms were stored: the loop need not wait for its next tick. */
  readonly hurry: () => void;
  /** Reads a text over https (certificates of SNS). */
  readonly fetchText: FetchText;
}
