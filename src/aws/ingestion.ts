import { GetIngestionJobCommand, StartIngestionJobCommand } from '@aws-sdk/client-bedrock-agent';
import { toOpsError } from '../domain/errors.ts';
import type { IngestionView } from '../domain/ingestion.ts';
import type { Clock } from '../domain/ports.ts';
import { awsError } from './errors.ts';
import type { Scope } from './scope.ts';
import type { AwsSettings } from './settings.ts';

type KnowledgeSettings = NonNullable<AwsSettings['knowledge']>;

/** How the last ingestion went: for the status card. `pending`: something changed that no ingestion has taken up yet. */
export interface IngestionStatus {
  readonly pending: boolean;
  readonly jobId: string | null;
  readonly state: string | null; // as Bedrock says: STARTING, IN_PROGRESS, COMPLETE, FAILED
  readonly error: string | null;
  readonly atMs: number | null;
  readonly lastSuccessAtMs: number | null;
}

const TRY_AGAIN_MS = 60_000;
const LOOK_EVERY_MS = 15_000; // while one runs
const LOOK_TIMEOUT_MS = 10_000;

/** Starts Bedrock's ingestion some time after the last change, one at a time; changes meanwhile are taken up by the next. */
export class Ingestion {
  readonly #scope: Scope;
  readonly #settings: KnowledgeSettings;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #watching: NodeJS.Timeout | null = null;
  #status: IngestionStatus = { pending: false, jobId: null, state: null, error: null, atMs: null, lastSuccessAtMs: null };
  #closed = false;

  constructor(scope: Scope, settings: KnowledgeSettings, clock: Clock) {
    this.#scope = scope;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Something changed. Many calls at once become one ingestion. */
  touch(): void {
    this.#status = { ...this.#status, pending: true };
    this.#schedule(this.#settings.ingest_after_s * 1000);
  }

  /** Asks Bedrock how the last job is doing. */
  async status(signal: AbortSignal): Promise<IngestionStatus> {
    const { jobId, state } = this.#status;
    if (jobId === null || state === 'COMPLETE' || state === 'FAILED') return this.#status;
    const { ingestionJob } = await this.#calling('bedrock:GetIngestionJob', () =>
      this.#scope.read.bedrockAgent.send(new GetIngestionJobCommand({ ...this.#ids(), ingestionJobId: jobId }), { abortSignal: signal }),
    );
    const error = ingestionJob?.failureReasons?.join('; ').slice(0, 500) || null;
    const now = ingestionJob?.status ?? state;
    const atMs = this.#clock.now();
    this.#status = { ...this.#status, state: now, error, ...(now === 'COMPLETE' ? { atMs, lastSuccessAtMs: atMs } : now === 'FAILED' ? { atMs } : {}) };
    return this.#status;
  }

  /** What was last heard of it, without asking. */
  view(): IngestionView {
    const { pending, state, error, atMs, lastSuccessAtMs } = this.#status;
    return { state: phase(pending, state, error), error, atMs, lastSuccessAtMs };
  }

  /** Starts what is pending now, without waiting for the pause. */
  async start(): Promise<void> {
    this.#stopTimer();
    if (!this.#status.pending || this.#closed) return;
    this.#status = { ...this.#status, pending: false };
    try {
      const { ingestionJob } = await this.#calling('bedrock:StartIngestionJob', () =>
        this.#scope.read.bedrockAgent.send(new StartIngestionJobCommand(this.#ids())),
      );
      this.#status = {
        ...this.#status,
        jobId: ingestionJob?.ingestionJobId ?? null,
        state: ingestionJob?.status ?? 'STARTING',
        error: null,
        atMs: this.#clock.now(),
      };
      this.#watch();
    } catch (thrown) {
      // Another job may be running: what changed stays pending and is taken up after it.
      const error = toOpsError(thrown);
      this.#status = { ...this.#status, pending: true, error: error.code === 'conflict' ? null : error.message, atMs: this.#clock.now() };
      this.#schedule(TRY_AGAIN_MS);
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    if (this.#watching !== null) clearTimeout(this.#watching);
  }

  /** Looks after a running job until it has ended, so that its state can be shown at any time. */
  #watch(): void {
    if (this.#closed) return;
    this.#watching = setTimeout(() => {
      const goOn = (): void => {
        if (isRunning(this.#status.state)) this.#watch();
      };
      void this.status(AbortSignal.timeout(LOOK_TIMEOUT_MS)).then(goOn, goOn); // not answered: asked again
    }, LOOK_EVERY_MS);
    this.#watching.unref();
  }

  #ids(): { knowledgeBaseId: string; dataSourceId: string } {
    return { knowledgeBaseId: this.#settings.knowledge_base_id, dataSourceId: this.#settings.data_source_id };
  }

  async #calling<T>(api: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      throw awsError(thrown, api, this.#scope);
    }
  }

  #schedule(afterMs: number): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = setTimeout(() => void this.start(), afterMs);
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const isRunning = (state: string | null): boolean => state !== null && !['COMPLETE', 'FAILED', 'STOPPED'].includes(state);

function phase(pending: boolean, state: string | null, error: string | null): IngestionView['state'] {
  if (state === 'FAILED' || (pending && error !== null)) return 'failed';
  if (isRunning(state)) return 'running';
  if (pending) return 'waiting';
  return state === 'COMPLETE' ? 'done' : 'idle';
}
