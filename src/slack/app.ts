import type { Config } from '../config.ts';
import type { PictureSpec } from '../domain/chart.ts';
import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Subject } from '../domain/names.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock, Directory } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { Verbs } from '../loop/verbs.ts';
import { createApp, whoAmI } from './bolt.ts';
import { logFailure, SlackClient } from './client.ts';
import { type Connection, createConnection } from './connection.ts';
import type { EdgeContext } from './context.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { createSlackDirectory } from './directory.ts';
import { createHome, welcome } from './home.ts';
import { listenToActions } from './listeners/actions.ts';
import { listenToAgent } from './listeners/agent.ts';
import { listenToCommands } from './listeners/commands.ts';
import { listenToHome } from './listeners/home.ts';
import { listenToLinks } from './listeners/links.ts';
import { listenToMessages } from './listeners/messages.ts';
import { listenToReactions } from './listeners/reactions.ts';
import { listenToShortcuts } from './listeners/shortcuts.ts';
import { listenToViews } from './listeners/views.ts';
import { createSlackNotifier, type NotifierParts, type SlackNotifier } from './notifier.ts';
import { createPace } from './pace.ts';
import { permalinkOf } from './permalinks.ts';
import { createPoster } from './poster.ts';
import { createPosting } from './posting.ts';
import { createRuns } from './runs.ts';
import { requiredSettings } from './settings.ts';
import { TIMING, type Timing } from './timing.ts';
import { createWindows } from './windows.ts';
import { createWorkers } from './workers.ts';

const STOP_WAIT_MS = 5000;
const GREETED_MAX = 5;

export interface SlackEdgeParts {
  readonly slack: Config['slack'];
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** PNG of an incident's metric, with words in this language; null: none can be drawn. */
  readonly chart: NotifierParts['chart'];
  readonly story?: NotifierParts['story'];
  /** PNG of a picture that is no chart of a metric. */
  readonly draw?: (spec: PictureSpec) => Promise<Uint8Array>;
  /** People who run opsloop: they are greeted when it first starts. */
  readonly operators?: readonly string[];
  /** Where opsloop is reached in a browser; null: nowhere, and cards have no links. */
  readonly linkBase?: string | null;
  /** Markdown of a runbook of the archive. */
  readonly runbook: (slug: string) => Promise<string | null>;
  /** Who sees a plan among the approvals waiting for them. */
  readonly mayApprove: (userId: string, plan: Plan) => Promise<boolean>;
  /** Slack refused the tokens while running: end the process, so that a supervisor restarts it. */
  readonly onFatal: (error: OpsError) => void;
  readonly timing?: Partial<Timing>;
  /** Whether this process delivers what the loop has to say; left out: it does. */
  readonly leads?: () => boolean;
}

export interface SlackEdge {
  readonly notifier: SlackNotifier;
  readonly directory: Directory;
  readonly delivery: Delivery;
  /** Connects, listens and starts to deliver. OpsError when Slack refuses the tokens or cannot be reached. */
  start(verbs: Verbs): Promise<void>;
  /** Stops listening, lets what is under way finish, and stops delivering. */
  stop(): Promise<void>;
  ready(): boolean;
  /** Slack's address of the card of an incident or plan; null: it has none, or Slack was never reached. */
  permalink(subject: Subject): Promise<string | null>;
}

/** The Slack edge. Its notifier and directory can be used before `start`, which wants the verbs that are built on them. */
export function createSlackEdge(parts: SlackEdgeParts): SlackEdge {
  const { slack, store, clock, log } = parts;
  const timing = { ...TIMING, ...parts.timing };
  const settings = requiredSettings(slack);
  const client = new SlackClient(settings.botToken, slack.api_url, log);
  const draw = parts.draw ?? (() => Promise.reject(new OpsError('unavailable', 'Pictures are not drawn here.')));
  const poster = createPoster(client, createPace(timing.paceMs, undefined, store.engine === 'postgres' ? store.pace : null), log);
  const posting = createPosting();
  const directory = createSlackDirectory(client, clock);
  const home = createHome(parts.mayApprove, timing.homeAgainAfterMs);
  const notifier = createSlackNotifier({
    ...{ store, poster, posting, directory, clock, log, channel: settings.channel, locale: slack.locale, chart: parts.chart, runbook: parts.runbook },
    ...{ routes: slack.routes, locales: slack.locales, story: parts.story, mayApprove: parts.mayApprove },
    trend: parts.draw === undefined ? undefined : async (week, locale) => draw({ kind: 'trend', locale, days: week.days }),
    onShown: () => home.changed(),
    pictureRetryMs: timing.pictureRetryMs,
    linkBase: parts.linkBase ?? null,
  });
  const delivery = createDelivery({
    ...{ store, notifier, clock, log },
    ...(parts.leads === undefined ? {} : { leads: parts.leads }),
    pollMs: timing.pollMs,
    retryMs: timing.retryMs,
  });
  const workers = createWorkers();
  const runs = createRuns(store.wake);
  let connection: Connection | null = null;
  let workspaceUrl: string | null = null;

  return {
    notifier,
    directory,
    delivery,
    async start(verbs) {
      const me = await whoAmI(client, log);
      workspaceUrl = me.workspaceUrl;
      connection = createConnection({ appToken: settings.appToken, apiUrl: slack.api_url, log, onFatal: parts.onFatal });
      const app = createApp(connection, settings.botToken, me, parts);
      const context: EdgeContext = {
        client,
        poster,
        posting,
        notifier,
        directory,
        store,
        verbs,
        clock,
        log,
        workers,
        runs,
        locale: slack.locale,
        locales: slack.locales,
        draw,
        linkBase: parts.linkBase ?? null,
        agent: { current: null },
        pictureWaitMs: timing.pictureRetryMs,
        botUserId: me.userId,
        workingAfterMs: timing.workingAfterMs,
      };
      const windows = createWindows();
      listenToCommands(app, context);
      listenToMessages(app, context);
      listenToReactions(app, context);
      listenToActions(app, context, windows);
      listenToViews(app, context, windows);
      listenToShortcuts(app, context, windows);
      listenToHome(app, context, home);
      listenToLinks(app, context);
      context.agent.current = listenToAgent(app, context);
      await connection.start();
      if (parts.leads?.() !== false) await store.outbox.release();
      delivery.start();
      log.info({ bot: me.userId, channel: settings.channel }, 'connected to Slack');
      for (const userId of (parts.operators ?? []).filter((id) => /^[UW]/.test(id)).slice(0, GREETED_MAX)) {
        await welcome(context, userId).catch((error: unknown) => logFailure(log, error, { userId }, 'somebody who runs opsloop could not be greeted'));
      }
    },
    async stop() {
      home.stop();
      await connection?.stop();
      await workers.idle(STOP_WAIT_MS);
      await delivery.stop();
      runs.close();
    },
    ready: () => connection?.ready() ?? false,
    permalink: async (subject) => (workspaceUrl === null ? null : await permalinkOf(store, subject, workspaceUrl)),
  };
}
