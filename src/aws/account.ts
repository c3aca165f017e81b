import type {
  AlarmSource,
  Archive,
  ChangeSource,
  Clock,
  KnowledgeBase,
  LogSource,
  MetricSource,
  Remediator,
  TextEmbedder,
  TopologySource,
} from '../domain/ports.ts';
import { S3Archive } from './archive.ts';
import { CloudTrailChanges } from './changes/cloudtrail.ts';
import { ConfigHistory } from './changes/config-history.ts';
import { type BedrockEmbedderSettings, bedrockEmbedder } from './embedder.ts';
import { DescribedAlarms } from './events/described-alarms.ts';
import { EventQueue } from './events/queue.ts';
import { Ingestion } from './ingestion.ts';
import { Inventory, topologySource } from './inventory/inventory.ts';
import { BedrockKnowledge } from './knowledge.ts';
import { CloudWatchLogs, groupsAt } from './logs/source.ts';
import { CloudWatchMetrics } from './metrics/source.ts';
import { Journal } from './remediation/journal.ts';
import { AwsRemediator } from './remediation/remediator.ts';
import { type Scope, scopesOf } from './scope.ts';
import type { AwsSettings } from './settings.ts';

export interface AwsParts {
  readonly settings: AwsSettings;
  readonly region: string; // of the home scope, when the config names no account
  readonly clock: Clock;
  /** Where runs are noted when there is no bucket: beside the database, and as durable as it. */
  readonly localJournal: Archive;
}

/** The ports of an AWS deployment. `archive` and `knowledge` are there when the config names a bucket and a knowledge base. */
export interface AwsAccount {
  readonly sources: {
    readonly metrics: readonly MetricSource[];
    readonly logs: readonly LogSource[];
    readonly changes: readonly ChangeSource[];
    readonly alarms: readonly AlarmSource[];
    readonly topology: readonly TopologySource[];
  };
  readonly remediator: Remediator;
  readonly archive: Archive | null;
  readonly ingestion: Ingestion | null;
  /** Puts Bedrock in front of the embedded index; gives that itself when no knowledge base is configured. */
  knowledge<K extends KnowledgeBase & { close(): Promise<void> }>(embedded: K): KnowledgeBase & { close(): Promise<void> };
  /** An embedding model on Bedrock, in the home account and region. */
  embedder(settings: BedrockEmbedderSettings): TextEmbedder;
  close(): void;
}

const JOURNAL_PREFIX = 'opsloop-state/';

/** Everything AWS that the config asks for, over all accounts and regions. Nothing is called yet. */
export function openAwsAccount({ settings, region, clock, localJournal }: AwsParts): AwsAccount {
  const scopes = scopesOf(settings, region);
  const [home] = scopes;
  const places = scopes.map((scope, index) => ({
    scope,
    inventory: new Inventory(scope, settings, clock, scopes.findIndex((one) => one.account === scope.account) === index),
  }));
  const known = (plain: string): string => places[0]?.inventory.known(plain) ?? plain;
  const queue = settings.queue_url === undefined ? null : new EventQueue(home, settings.queue_url, known);
  const ingestion = settings.knowledge === undefined ? null : new Ingestion(home, settings.knowledge, clock);
  const { bucket } = settings;
  const archive = bucket === undefined ? null : new S3Archive(home, { bucket, onChange: () => ingestion?.touch() });
  const journal = bucket === undefined ? localJournal : new S3Archive(home, { bucket, prefix: JOURNAL_PREFIX });
  return {
    sources: {
      metrics: places.map((place) => new CloudWatchMetrics(place.scope, place.inventory, settings, clock)),
      logs: scopes.filter((scope) => groupsAt(scope, settings).length > 0).map((scope) => new CloudWatchLogs(scope, settings, clock)),
      changes: [
        ...places.flatMap((place) => [
          ...(settings.cloudtrail ? [new CloudTrailChanges(place.scope, place.inventory, clock)] : []),
          ...(settings.config_history ? [new ConfigHistory(place.scope, place.inventory)] : []),
        ]),
        ...(queue === null ? [] : [queue.changes]),
      ],
      alarms: [...places.map((place) => new DescribedAlarms(place.scope, place.inventory)), ...(queue === null ? [] : [queue.alarms])],
      topology: [
        topologySource(
          'AWS resources',
          places.map((place) => place.inventory),
          settings,
        ),
      ],
    },
    remediator: new AwsRemediator({ places, settings, journal: new Journal(journal), clock }),
    archive,
    ingestion,
    knowledge: (embedded) =>
      settings.knowledge === undefined || ingestion === null ? embedded : new BedrockKnowledge(home, settings.knowledge, embedded, () => ingestion.view()),
    embedder: (wanted) => bedrockEmbedder(home, wanted),
    close() {
      ingestion?.close();
      for (const scope of scopes) destroy(scope);
    },
  };
}

function destroy({ read, check, act }: Scope): void {
  for (const clients of [read, check, act]) clients.destroy();
}
