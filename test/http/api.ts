import type { LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { system } from '../../src/domain/actor.ts';
import type { Ids } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import type { Scope } from '../../src/domain/token.ts';
import type { HttpParts, HttpSettings } from '../../src/http/parts.ts';
import { createServer } from '../../src/http/server.ts';
import { silentLog } from '../../src/log.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { plainStep } from '../../src/telemetry/steps.ts';
import { tempStore } from '../support/store.ts';
import { type FakeVerbs, fakeVerbs } from '../support/verbs.ts';

export const T0 = Date.UTC(2026, 2, 4, 10, 0);
export const ALL: readonly Scope[] = ['read', 'detect', 'learn', 'act:request'];

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly body: unknown;
  readonly text: string;
}
export interface Call {
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
}

/** The HTTP edge on a real store, with verbs that can be told to fail or wait. */
export class Api {
  readonly parts: HttpParts;
  readonly store: Store;
  readonly verbs: FakeVerbs;
  readonly clock: ManualClock;
  readonly app: ReturnType<typeof createServer>;
  #token: string | null = null;

  private constructor(parts: HttpParts, verbs: FakeVerbs, clock: ManualClock) {
    this.parts = parts;
    this.store = parts.store;
    this.verbs = verbs;
    this.clock = clock;
    this.app = createServer(parts);
  }

  static async open(over: Partial<HttpParts> = {}): Promise<Api> {
    const clock = new ManualClock(T0);
    const store = await tempStore({ clock });
    const verbs = fakeVerbs(store, clock);
    const api = new Api({ ...partsOf(store, clock), verbs, ...over }, verbs, clock);
    onTestFinished(async () => {
      await api.app.close();
      api.parts.metrics.close();
    });
    api.#token = await api.token(ALL);
    return api;
  }

  /** A new token's secret; `userId` null: a machine's. */
  async token(scopes: readonly Scope[], userId: string | null = null): Promise<string> {
    const { store, clock, parts } = this;
    return (await createToken(store, clock, parts.ids, { name: 'test', userId, scopes }, system('test'))).secret;
  }

  get(url: string, call: Call = {}): Promise<Answer> {
    return this.send('GET', url, call);
  }

  post(url: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.send('POST', url, { body, ...call });
  }

  async send(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', url: string, call: Call): Promise<Answer> {
    const secret = call.token === undefined ? this.#token : call.token;
    const response = await this.app.inject({
      method,
      url,
      headers: {
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        ...(call.raw === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.raw !== undefined ? { payload: call.raw } : call.body === undefined ? {} : { payload: call.body as object }),
    });
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: isJson && response.body !== '' ? JSON.parse(response.body) : null,
    };
  }
}

export const SECRET = 'a secret shared by both';
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
export const SETTINGS: HttpSettings = { corsOrigins: [], ratePerMin: 10_000, webhooks: { secret: SECRET, snsTopics: [TOPIC] } };

const TICKS = { lastTickAtMs: T0, lastTickMs: 12, errors: 0 };

/** Everything but the verbs, as a healthy app has it. */
function partsOf(store: Store, clock: ManualClock): Omit<HttpParts, 'verbs'> {
  return {
    store,
    clock,
    ids: countingIds(),
    log: silentLog,
    slackReady: () => true,
    leads: () => true,
    permalink: async ({ id }) => (id === 'INC-1' ? 'https://example.slack.com/archives/C1/p1' : null),
    sources: () => [{ name: 'cloudwatch', kind: 'metrics', ok: true, lastReadAtMs: T0, error: null }],
    ticks: TICKS,
    settings: SETTINGS,
    metrics: createMetrics({ store, clock, sources: () => [], ticks: TICKS, slackUrl: 'https://slack.com/api/' }),
    step: plainStep,
    hurry: () => undefined,
    fetchText: () => Promise.reject(new Error('no network in tests')),
  };
}

export function countingIds(): Ids {
  let last = 0;
  return { next: (prefix) => `${prefix}_${++last}` };
}
