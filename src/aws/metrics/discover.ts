import { ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import type { MetricRef } from '../../domain/metric.ts';
import { reading } from '../errors.ts';
import type { KnownResources } from '../inventory/inventory.ts';
import { idOfDimensions } from '../names.ts';
import { inParallel } from '../pace.ts';
import { isAt, type Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { DEFAULT_METRICS, type DefaultMetric } from './defaults.ts';

/** One series to ask for. `ref` carries the scope when there are several, so that equal names stay apart; `asked` is CloudWatch's own. */
export interface Wanted {
  readonly ref: MetricRef;
  readonly asked: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: { Name: string; Value: string }[] };
  readonly resourceId: string;
  readonly unit: string;
}

const LIST_CALLS_AT_ONCE = 4;
const MOST_PAGES = 60; // of 500 metrics
const SCOPE_DIMENSION = 'opsloop:scope';

/** What to read in a scope: listed by namespace, then what the config adds, up to the cap. `left` says how many the cap left out. */
export async function discover(
  scope: Scope,
  inventory: KnownResources,
  settings: AwsSettings,
  signal: AbortSignal,
): Promise<{ wanted: Wanted[]; left: number }> {
  const { namespaces, extra, most, only_tags: onlyTags } = settings.metrics;
  const lists = await inParallel(
    namespaces.map((namespace) => ({ namespace, metrics: DEFAULT_METRICS[namespace] ?? null })),
    LIST_CALLS_AT_ONCE,
    async ({ namespace, metrics }) => (await list(scope, namespace, signal)).flatMap((metric) => matching(metric, metrics)),
  );
  const found = new Map<string, Wanted>();
  const want = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>, stat: string, unit: string, resource?: string): void => {
    const resourceId = resource ?? resourceOf(inventory, namespace, dimensions);
    const kept = scope.suffix === '' ? dimensions : { ...dimensions, [SCOPE_DIMENSION]: scope.suffix.slice(1) };
    const asked = { Namespace: namespace, MetricName: name, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) };
    found.set(`${namespace} ${name} ${stat} ${JSON.stringify(Object.entries(dimensions).sort())}`, {
      ref: { namespace, name, dimensions: kept, stat },
      asked,
      resourceId,
      unit,
    });
  };
  for (const one of extra.filter((place) => isAt(place, scope))) want(one.namespace, one.name, one.dimensions, one.stat, one.unit, one.resource);
  for (const { metric, as } of lists.flat()) want(metric.Namespace ?? '', metric.MetricName ?? '', dimensionsOf(metric), as.stat, as.unit);
  const tagged = [...found.values()].filter(({ resourceId }) => hasTags(inventory, resourceId, onlyTags));
  return { wanted: tagged.slice(0, most), left: Math.max(0, tagged.length - most) };
}

async function list(scope: Scope, namespace: string, abortSignal: AbortSignal): Promise<Metric[]> {
  const all: Metric[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await reading(scope, 'cloudwatch:ListMetrics', () =>
      scope.read.cloudWatch.send(new ListMetricsCommand({ Namespace: namespace, RecentlyActive: 'PT3H', NextToken: token }), { abortSignal }),
    );
    all.push(...(answer.Metrics ?? []));
    token = answer.NextToken;
    if (token === undefined) break;
  }
  return all;
}

const dimensionsOf = (metric: Metric): Record<string, string> =>
  Object.fromEntries((metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));

/** Of a namespace without a built-in list everything is taken, as an average. */
function matching(metric: Metric, defaults: readonly DefaultMetric[] | null): { metric: Metric; as: Pick<DefaultMetric, 'stat' | 'unit'> }[] {
  if (defaults === null) return [{ metric, as: { stat: 'Average', unit: 'None' } }];
  const names = new Set((metric.Dimensions ?? []).map(({ Name }) => Name));
  return defaults
    .filter(
      (one) => one.name === metric.MetricName && one.dimensions.every((name) => names.has(name)) && (one.more === true || names.size === one.dimensions.length),
    )
    .map((as) => ({ metric, as }));
}

function resourceOf(inventory: KnownResources, namespace: string, dimensions: Readonly<Record<string, string>>): string {
  const group = dimensions['TargetGroup'];
  if (group !== undefined) {
    const service = inventory.known(`tg/${group}`);
    if (!service.startsWith('tg/')) return service;
  }
  const plain = idOfDimensions(dimensions);
  return plain === null ? inventory.naming.id(`account/${namespace.replaceAll('/', '-').toLowerCase()}`) : inventory.known(plain);
}

function hasTags(inventory: KnownResources, resourceId: string, tags: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(tags);
  if (wanted.length === 0) return true;
  const have = inventory.find(resourceId)?.tags ?? {};
  return wanted.every(([name, value]) => have[name] === value);
}
