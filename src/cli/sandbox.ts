import { join } from 'node:path';
import { type App, createApp } from '../app.ts';
import { type ConfigInput, parseConfig } from '../config.ts';
import type { Log } from '../domain/log.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import { createSandboxAccount, type SandboxAccount } from '../sandbox/account/account.ts';
import type { Scenario } from '../sandbox/account/schema.ts';
import { startLocalSlack } from '../sandbox/slack/local-slack.ts';
import type { GuideStep, LocalSlack } from '../sandbox/slack/types.ts';
import type { Timing } from '../slack/timing.ts';
import { manifestFor } from './manifest.ts';
import { asAccount } from './simulated.ts';

export { builtIn } from '../sandbox/account/scenario.ts';

/** For runs that go as fast as they can: nothing waits for Slack's one message a second. */
export const IN_A_HURRY: Partial<Timing> = { paceMs: 0, pollMs: 10, retryMs: 50, pictureRetryMs: 20 };

/** The three who may approve in the sandbox, and the channel of the alerts. */
export const ANA = 'U0ANA0001';
export const BEN = 'U0BEN0002';
export const LIWEI = 'U0LIW0003';
export const OPS_CHANNEL = 'C0OPS00001';

export interface SandboxParts {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly dir: string; // for the database, the archive and the account's state
  readonly log: Log;
  readonly ids?: Ids;
  readonly port?: number;
  readonly startMs?: number;
  readonly guide?: readonly GuideStep[];
  readonly config?: ConfigInput;
  readonly timing?: Partial<Timing>;
}
export interface Sandbox {
  readonly app: App;
  readonly account: SandboxAccount;
  readonly slack: LocalSlack;
  /** Stops everything. */
  stop(): Promise<void>;
}

/** The app as it ships, on a simulated account and a local Slack workspace. Everybody may ask, three may approve. */
export async function openSandbox(parts: SandboxParts): Promise<Sandbox> {
  const { dir, clock, log } = parts;
  const slack = await startLocalSlack({
    manifest: manifestFor(parts.config?.http?.public_url),
    clock,
    port: parts.port ?? 0,
    ...(parts.guide === undefined ? {} : { guide: parts.guide }),
  });
  const account = createSandboxAccount({
    scenario: parts.scenario,
    clock,
    stateFile: join(dir, 'account.json'),
    ...(parts.startMs === undefined ? {} : { startMs: parts.startMs }),
  });
  try {
    const app = await sandboxApp(parts, account, slack);
    await app.start();
    return {
      app,
      account,
      slack,
      stop: async () => {
        await app.stop();
        await slack.stop();
      },
    };
  } catch (error) {
    await slack.stop();
    log.error({ err: error }, 'the sandbox could not start');
    throw error;
  }
}

/** The app alone, on an account and a workspace that are there already: what comes back after a restart. */
export async function sandboxApp(parts: SandboxParts, account: SandboxAccount, slack: Pick<LocalSlack, 'botToken' | 'appToken' | 'apiUrl'>): Promise<App> {
  const { dir, clock, log, config } = parts;
  return await createApp({
    config: parseConfig({
      ...config,
      store: { path: join(dir, 'opsloop.db'), ...config?.store },
      knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive'), ...config?.knowledge },
      slack: { bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, channel: OPS_CHANNEL },
      policy: { requesters: ['*'], approvers: [ANA, BEN, LIWEI], operators: [ANA], notice_s: 60, ...config?.policy },
    }),
    account: asAccount(account),
    clock,
    log,
    ...(parts.ids === undefined ? {} : { ids: parts.ids }),
    ...(parts.timing === undefined ? {} : { timing: parts.timing }),
  });
}
