import { MetricWorld } from './metrics.ts';

/** An error as AWS would answer it. */
export class Refusal extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

type Body = Record<string, unknown>;
type Handler = (body: Body) => unknown;

export interface Found {
  readonly patternId: string;
  readonly text: string;
  readonly score: number;
}

/** What the double knows and how it behaves; tests set it. */
export class AwsState {
  readonly calls: string[] = [];
  readonly faults = new Map<string, { readonly name: string; readonly message: string; readonly status: number }>();
  delayMs = 0;

  /** CloudTrail records, any order; `visibleAtMs` is when LookupEvents first shows one. */
  trail: { readonly record: Body; readonly atMs: number; readonly visibleAtMs?: number }[] = [];
  trailPage = 50;
  nowMs: () => number = () => Date.now();

  /** Log lines that Insights finds. */
  lines: { readonly atMs: number; readonly message: string; readonly group: string }[] = [];
  insights: 'complete' | 'endless' | 'failed' = 'complete';
  scannedBytes = 1000;
  readonly queries: Body[] = [];
  stopped = 0;

  config: { readonly resourceType: string; readonly resourceId: string; readonly resourceName?: string; readonly atMs: number }[] = [];

  documents: Record<string, { readonly parameters: readonly { readonly name: string; readonly fallback?: string }[]; readonly type?: string }> = {};
  executions: { readonly id: string; readonly body: Body; status: string }[] = [];

  /** AppConfig deployments, oldest first. */
  deployments: { readonly number: number; readonly profile: string; readonly version: string; state: string }[] = [];

  retrieve: (text: string, filter: unknown) => Promise<Found[]> | Found[] = () => [];
  hybrid = true;
  retrievePage = 25;
  jobs: { id: string; status: string }[] = [];
  busy = false;
  knowledgeBase = 'ACTIVE';
  #results: Found[] = [];

  readonly metrics = new MetricWorld();

  readonly handlers: Record<string, Handler> = {
    ListMetrics: (body) => this.metrics.list(body),
    GetMetricData: (body) => this.metrics.data(body),
    LookupEvents: (body) => this.#lookup(body),
    StartQuery: (body) => {
      this.queries.push(body);
      return { queryId: `q-${this.queries.length}` };
    },
    GetQueryResults: () => this.#queryResults(),
    StopQuery: () => {
      this.stopped += 1;
      return { success: true };
    },
    SelectResourceConfig: (body) => {
      const since = Date.parse(/> '([^']+)'/.exec(String(body['Expression']))?.[1] ?? '');
      const rows = this.config.filter((one) => one.atMs > since);
      const ids = new Set(rows.map((one) => one.resourceId));
      return { Results: [...ids].map((id) => JSON.stringify(rows.find((one) => one.resourceId === id))) };
    },
    GetResourceConfigHistory: (body) => ({
      configurationItems: this.config
        .filter((one) => one.resourceId === body['resourceId'])
        .map((one) => ({
          resourceType: one.resourceType,
          resourceId: one.resourceId,
          configurationItemCaptureTime: one.atMs / 1000,
          configurationItemStatus: 'OK',
        })),
    }),
    DescribeDocument: (body) => {
      const document = this.documents[String(body['Name'])];
      if (document === undefined) throw new Refusal('InvalidDocument', 'no such document');
      const Parameters = document.parameters.map(({ name, fallback }) => ({
        Name: name,
        Type: 'String',
        ...(fallback === undefined ? {} : { DefaultValue: fallback }),
      }));
      return { Document: { Name: body['Name'], DocumentType: document.type ?? 'Automation', DocumentVersion: '1', Owner: 'Amazon', Hash: 'abc', Parameters } };
    },
    StartAutomationExecution: (body) => {
      const earlier = this.executions.find((one) => one.body['ClientToken'] === body['ClientToken']);
      if (earlier !== undefined) return { AutomationExecutionId: earlier.id };
      const id = `exec-${this.executions.length + 1}`;
      this.executions.push({ id, body, status: 'Success' });
      return { AutomationExecutionId: id };
    },
    GetAutomationExecution: (body) => {
      const found = this.executions.find((one) => one.id === body['AutomationExecutionId']);
      return { AutomationExecution: { AutomationExecutionId: found?.id, AutomationExecutionStatus: found?.status } };
    },
    DescribeAutomationExecutions: (body) => {
      const [filter] = (body['Filters'] ?? []) as { Values: string[] }[];
      const found = this.executions.filter((one) => ((one.body['Tags'] ?? []) as { Key: string }[]).some((tag) => filter?.Values.includes(tag.Key)));
      return { AutomationExecutionMetadataList: found.map((one) => ({ AutomationExecutionId: one.id })) };
    },
    ListDeployments: () => ({
      Items: this.deployments.toReversed().map((one) => ({
        DeploymentNumber: one.number,
        ConfigurationProfileId: one.profile,
        ConfigurationVersion: one.version,
        State: one.state,
      })),
    }),
    StartDeployment: (body) => {
      if (this.deployments.some((one) => one.state === 'DEPLOYING')) throw new Refusal('ConflictException', 'a deployment runs', 409);
      const number = this.deployments.length + 1;
      this.deployments.push({ number, profile: String(body['ConfigurationProfileId']), version: String(body['ConfigurationVersion']), state: 'COMPLETE' });
      return { DeploymentNumber: number, State: 'DEPLOYING' };
    },
    StopDeployment: () => {
      const running = this.deployments.find((one) => one.state === 'DEPLOYING');
      if (running === undefined) throw new Refusal('BadRequestException', 'nothing is deployed');
      running.state = 'ROLLED_BACK';
      return { DeploymentNumber: running.number, State: 'ROLLED_BACK' };
    },
    Retrieve: (body) => this.#retrieved(body),
    StartIngestionJob: () => {
      if (this.busy) throw new Refusal('ConflictException', 'a job is running', 409);
      const job = { id: `JOB${this.jobs.length + 1}`, status: 'STARTING' };
      this.jobs.push(job);
      return { ingestionJob: wireJob(job) };
    },
    GetIngestionJob: () => ({ ingestionJob: wireJob(this.jobs.at(-1) ?? { id: 'none', status: 'FAILED' }) }),
    GetKnowledgeBase: () => ({ knowledgeBase: { knowledgeBaseId: 'KB00000001', name: 'patterns', status: this.knowledgeBase } }),
    InvokeModel: () => ({ embedding: [0.6, 0.8] }), // as Titan answers
  };

  /** These versions were deployed one after another; the last one is in this state. */
  deploy(profile: string, versions: readonly string[], last: string): void {
    this.deployments = versions.map((version, at) => ({ number: at + 1, profile, version, state: at + 1 === versions.length ? last : 'COMPLETE' }));
  }

  /** Asks the test's own ranking first; the handler answers from what it gave. */
  async rank(text: string, filter: unknown): Promise<void> {
    this.#results = await this.retrieve(text, filter);
  }

  #lookup(body: Body): unknown {
    const [fromMs, toMs] = [Number(body['StartTime']) * 1000, Number(body['EndTime']) * 1000];
    const nowMs = this.nowMs();
    const found = this.trail.filter((one) => one.atMs >= fromMs && one.atMs <= toMs && (one.visibleAtMs ?? one.atMs) <= nowMs).sort((a, b) => b.atMs - a.atMs);
    const at = Number(body['NextToken'] ?? 0);
    const next = at + this.trailPage;
    const Events = found
      .slice(at, next)
      .map(({ record, atMs }) => ({ EventId: record['eventID'], EventTime: atMs / 1000, CloudTrailEvent: JSON.stringify(record) }));
    return { Events, ...(next < found.length ? { NextToken: String(next) } : {}) };
  }

  #queryResults(): unknown {
    const query = this.queries.at(-1) ?? {};
    const text = /like "((?:[^"\\]|\\.)*)"/.exec(String(query['queryString']))?.[1]?.replaceAll(/\\(.)/g, '$1') ?? '';
    const [fromMs, toMs] = [Number(query['startTime']) * 1000, Number(query['endTime']) * 1000];
    const groups = query['logGroupNames'] as string[];
    const rows = this.lines
      .filter((line) => line.atMs >= fromMs && line.atMs <= toMs && line.message.includes(text) && groups.includes(line.group))
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, Number(query['limit']));
    const status = { complete: 'Complete', endless: 'Running', failed: 'Failed' }[this.insights];
    const field = (name: string, value: string): Body => ({ field: name, value });
    const results = rows.map((line) => [
      field('@timestamp', new Date(line.atMs).toISOString().replace('T', ' ').replace('Z', '')),
      field('@message', line.message),
      field('@log', `123456789012:${line.group}`),
      field('@ptr', `ptr-${line.atMs}-${line.message.length}`),
    ]);
    return { status, results, statistics: { bytesScanned: this.scannedBytes } };
  }

  #retrieved(body: Body): unknown {
    const configuration = (body['retrievalConfiguration'] as Body | undefined)?.['vectorSearchConfiguration'] as Body | undefined;
    if (!this.hybrid && configuration?.['overrideSearchType'] === 'HYBRID')
      throw new Refusal('ValidationException', 'HYBRID search is not supported by the vector store');
    const at = Number(body['nextToken'] ?? 0);
    const next = at + this.retrievePage;
    const retrievalResults = this.#results.slice(at, next).map(({ patternId, text, score }) => ({
      content: { type: 'TEXT', text },
      location: { type: 'S3', s3Location: { uri: `s3://opsloop/patterns/${patternId}.json` } },
      score,
      metadata: { pattern_id: patternId },
    }));
    return { retrievalResults, ...(next < this.#results.length ? { nextToken: String(next) } : {}) };
  }
}

const wireJob = ({ id, status }: { id: string; status: string }): Body => ({
  ingestionJobId: id,
  knowledgeBaseId: 'KB00000001',
  dataSourceId: 'DS00000001',
  status,
  startedAt: new Date(0).toISOString(),
  updatedAt: new Date(0).toISOString(),
});
