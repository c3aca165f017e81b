import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Ingestion } from '../../src/aws/ingestion.ts';
import type { Scope } from '../../src/aws/scope.ts';
import { AwsSchema } from '../../src/aws/settings.ts';

const settings = AwsSchema.parse({ bucket: 'opsloop', knowledge: { knowledge_base_id: 'KB00000001', data_source_id: 'DS00000001' } }).knowledge;
const clock = { now: () => Date.now() };

/** A Bedrock whose jobs end as told. */
function ingestion(answers: (() => { status: string; failureReasons?: string[] })[]) {
  const asked: string[] = [];
  const send = async (command: object) => {
    asked.push(command.constructor.name);
    return { ingestionJob: { ingestionJobId: 'J', ...answers.shift()?.() } };
  };
  if (settings === undefined) throw new Error('no settings');
  return { made: new Ingestion({ read: { bedrockAgent: { send } } } as unknown as Scope, settings, clock), asked };
}
const answer =
  (status: string, ...failureReasons: string[]) =>
  () => ({ status, failureReasons });

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('can be looked at in every phase, and looks after a running job by itself; many changes are one job', async () => {
  const { made, asked } = ingestion([answer('STARTING'), answer('IN_PROGRESS'), answer('COMPLETE')]);
  expect(made.view().state).toBe('idle');
  for (let i = 0; i < 5; i += 1) made.touch();
  expect(made.view()).toMatchObject({ state: 'waiting', lastSuccessAtMs: null });
  await vi.advanceTimersByTimeAsync((settings?.ingest_after_s ?? 0) * 1000);
  expect(made.view().state).toBe('running');
  await vi.advanceTimersByTimeAsync(15_000);
  expect(made.view()).toMatchObject({ state: 'running', lastSuccessAtMs: null });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(made.view()).toMatchObject({ state: 'done', error: null, lastSuccessAtMs: Date.now() });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toEqual(['StartIngestionJobCommand', 'GetIngestionJobCommand', 'GetIngestionJobCommand']);
  made.close();
});

it('says why a job failed and when one last succeeded, and that one could not be started', async () => {
  const denied = (): never => {
    throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  };
  const { made } = ingestion([answer('STARTING'), answer('COMPLETE'), answer('STARTING'), answer('FAILED', 'The bucket cannot be read.'), denied]);
  made.touch();
  await made.start();
  await vi.advanceTimersByTimeAsync(15_000);
  const { lastSuccessAtMs } = made.view();
  made.touch();
  await made.start();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(made.view()).toMatchObject({ state: 'failed', error: 'The bucket cannot be read.', lastSuccessAtMs });
  made.touch();
  await made.start();
  expect(made.view()).toMatchObject({ state: 'failed', error: expect.stringContaining('bedrock:StartIngestionJob') as string, lastSuccessAtMs });
  made.close();
});
