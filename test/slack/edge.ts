import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../../src/config.ts';
import type { OpsError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/domain/log.ts';
import type { Store } from '../../src/domain/store.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalMessage, LocalSlack, LocalSlackOptions } from '../../src/sandbox/slack/types.ts';
import { createSlackEdge, type SlackEdge, type SlackEdgeParts } from '../../src/slack/app.ts';
import { openStore } from '../../src/store/open.ts';
import { type FakeVerbs, fakeVerbs } from '../support/verbs.ts';

export const ANA = 'U0ANA0001';
export const BEN = 'U0BEN0002';
export const LIWEI = 'U0LIW0003';
export const OPS = 'C0OPS00001';

export const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));
export const clock = { now: () => Date.now() };

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** A log that is kept, so that a test can say what must have been written. */
export function keptLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

// The smallest PNG there is: one transparent pixel.
export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

export interface Desk {
  readonly slack: LocalSlack;
  readonly store: Store;
  readonly verbs: FakeVerbs;
  readonly edge: SlackEdge;
  readonly log: ReturnType<typeof keptLog>;
  readonly fatal: OpsError[];
  stop(): Promise<void>;
}

/** The real Bolt app and the real store against a Slack workspace on this machine. */
export async function openDesk(
  over: Partial<SlackEdgeParts> = {},
  local: Partial<LocalSlackOptions> = {},
  slackOver: Partial<Config['slack']> = {},
): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-slack-'));
  const slack = await startLocalSlack({ manifest, ...local });
  const store = await openStore(join(folder, 'state.db'));
  const log = keptLog();
  const fatal: OpsError[] = [];
  const edge = createSlackEdge({
    slack: { channel: OPS, locale: 'en', locales: {}, routes: [], bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, ...slackOver },
    ...{ store, clock, log, timing: { paceMs: 2, pollMs: 10, retryMs: 50, pictureRetryMs: 10, homeAgainAfterMs: 20 } },
    chart: async () => PNG,
    runbook: async (slug) => `# ${slug}`,
    mayApprove: async () => true,
    onFatal: (error) => void fatal.push(error),
    ...over,
  });
  const verbs = fakeVerbs(store, clock);
  await edge.start(verbs);
  return {
    ...{ slack, store, verbs, edge, log, fatal },
    async stop() {
      await edge.stop();
      await slack.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** All text of a message, wherever it is in its blocks. */
export const textOf = (message: { readonly text: string; readonly blocks: readonly unknown[] }): string => `${message.text}\n${JSON.stringify(message.blocks)}`;

/** What the person or the channel sees after something was done that was not there before, as text. */
export async function next(
  desk: Desk,
  after: () => Promise<unknown>,
  seen: () => readonly LocalMessage[],
  matches: (text: string) => boolean = () => true,
): Promise<string> {
  const before = new Set(seen().map((message) => message.ts));
  await after();
  const found = await desk.slack.waitFor('the answer', () => seen().find((message) => message.fromBot && !before.has(message.ts) && matches(textOf(message))));
  return textOf(found);
}

/** Everything Ana can see in the channel. */
export const everywhere = (desk: Desk): readonly LocalMessage[] => [
  ...desk.slack.messages(OPS),
  ...desk.slack.messages(OPS).flatMap((root) => desk.slack.thread(OPS, root.ts)),
  ...desk.slack.ephemerals(ANA),
];
