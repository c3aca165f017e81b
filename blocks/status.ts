import type { KnownBlock } from '@slack/types';
import type { IngestionView } from '../src/domain/ingestion.ts';
import type { Plan } from '../src/domain/plan.ts';
import type { ReplicaView } from '../src/domain/replica.ts';
import type { StatusView } from '../src/domain/views.ts';
import { type Card, type CardOptions, date, duration, type Locale, safe } from './card.ts';
import { incidentLine, moreLine } from './detect.ts';
import { localised, say } from './locales/say.ts';
import { context, fields, header, list, section } from './parts.ts';
import { actionOnTarget, deadline, pausedLines, planState } from './plan-words.ts';

/** How the loop is doing and what is open. */
export function statusCard(view: StatusView, options: CardOptions): Card {
  const words = say(options.locale);
  const text = words('status.text', { incidents: view.openIncidents.length, plans: view.waitingPlans.length });
  return { text, blocks: [header(`${loopIcon(view)} ${words('status.title')}`), ...statusBlocks(view, options)] };
}

function statusBlocks(view: StatusView, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const { locale } = options;
  const paused = pausedLines(view.paused, options);
  return [
    ...(paused.length === 0 ? [] : [section(paused.join('\n'))]),
    ...list(
      words('status.open'),
      view.openIncidents.slice(0, 8).map((one) => incidentLine(one, locale)),
      moreLine(view.openIncidents.length - 8, locale),
    ),
    ...(view.openIncidents.length === 0 ? [section(`✅ ${words('status.calm')}`)] : []),
    ...list(
      words('status.waiting'),
      view.waitingPlans.slice(0, 6).map((one) => waitingLine(one, options)),
      moreLine(view.waitingPlans.length - 6, locale),
    ),
    ...healthBlocks(view, options),
  ];
}

/** When the loop last ran, and whether its sources answer. */
export function healthBlocks(view: StatusView, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const { locale } = options;
  return [
    ...fields([
      [words('status.tick'), tickWords(view, locale)],
      [words('status.sources'), sourceWords(view, locale)],
      [words('status.watching'), words('status.counts', { series: view.series, patterns: view.patterns })],
      ...(view.ingestion === undefined ? [] : [[words('status.ingestion'), ingestionWords(view.ingestion, locale)] as const]),
      [words('status.outbox'), words('status.messages', { n: view.outboxSize })],
      ...(view.replicas === undefined ? [] : ([[words('status.replicas'), replicaWords(view.replicas, locale)]] as const)),
    ]),
    ...context(differs(view.replicas ?? []) ? [`⚠️ ${words('status.policies_differ')}`] : []),
    ...context(
      view.sources
        .filter((source) => !source.ok)
        .slice(0, 6)
        .map(
          (source) =>
            `❌ ${words('status.source_down', { name: safe(source.name, 60), error: safe(localised(source.error ?? words('status.no_reason'), locale), 200) })}`,
        ),
    ),
  ];
}

/** "*PLAN-34* ✋ *Waiting for approval* · *Restart the service* on `ecs/checkout`". */
function waitingLine(plan: Plan, options: CardOptions): string {
  const parts = [`*${safe(plan.id, 20)}* ${planState(plan.state, options.locale)}`, actionOnTarget(plan, options.locale), deadline(plan, options)];
  return parts.filter((part) => part !== '').join(' · ');
}

/** "3 on PostgreSQL, *db-1* leads, shards 22 / 21 / 21". */
function replicaWords(replicas: readonly ReplicaView[], locale: Locale): string {
  const words = say(locale);
  const leader = replicas.find((one) => one.leads);
  const counts = words('status.replicas_on', { n: replicas.length, shards: replicas.map((one) => one.shards).join(' / ') });
  return `${counts} · ${leader === undefined ? `⚠️ ${words('status.no_leader')}` : words('status.leads', { name: safe(`${leader.host} ${leader.id}`, 80) })}`;
}

const differs = (replicas: readonly ReplicaView[]): boolean => new Set(replicas.map((one) => one.policyMark)).size > 1;

const STALE_MS = 5 * 60_000; // five ticks missed: somebody should look
const isStale = (view: StatusView): boolean => view.lastTickAtMs === null || view.nowMs - view.lastTickAtMs > STALE_MS;
const loopIcon = (view: StatusView): string => (view.paused.length > 0 ? '⏸️' : isStale(view) || view.sources.some((source) => !source.ok) ? '⚠️' : '✅');

function tickWords(view: StatusView, locale: Locale): string {
  const words = say(locale);
  if (view.lastTickAtMs === null) return `⚠️ ${words('status.tick.never')}`;
  const ago = words('status.tick.ago', { time: duration(view.nowMs - view.lastTickAtMs, locale), when: date(view.lastTickAtMs) });
  const took = view.lastTickMs === null ? '' : ` · ${words('status.tick.took', { ms: Math.round(view.lastTickMs) })}`;
  const errors = view.tickErrors === 0 ? '' : ` · ${words('status.tick.errors', { n: view.tickErrors })}`;
  return `${isStale(view) ? '⚠️ ' : ''}${ago}${took}${errors}`;
}

/** "✅ taken up 5 min ago", "❌ failed: the role may not read the bucket · last success 3 h ago". */
function ingestionWords({ state, error, atMs, lastSuccessAtMs }: IngestionView, locale: Locale): string {
  const words = say(locale);
  const failed = state === 'failed';
  const what = words(`status.ingestion.${state}`, {
    when: atMs === null ? '' : date(atMs),
    error: safe(localised(error ?? words('status.no_reason'), locale), 200),
  });
  const last = failed && lastSuccessAtMs !== null ? ` · ${words('status.ingestion.last', { when: date(lastSuccessAtMs) })}` : '';
  return `${failed ? '❌ ' : ''}${what}${last}`;
}

function sourceWords(view: StatusView, locale: Locale): string {
  const ok = view.sources.filter((source) => source.ok).length;
  return say(locale)('status.sources_ok', { ok, n: view.sources.length });
}
