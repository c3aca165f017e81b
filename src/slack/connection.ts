import { SocketModeReceiver } from '@slack/bolt';
import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { clientOptions, slackLogger } from './client.ts';
import { FATAL_AUTH_ERRORS, slackErrorCode, slackFailure, waitMsOf } from './errors.ts';
import { type RealTime, realTime } from './pace.ts';

const HELLO_TIMEOUT_MS = 15_000;
const FIRST_WAIT_MS = 100;
const WAIT_MAX_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2000;

export interface ConnectionParts {
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  readonly log: Log;
  /** The app token is refused for good while running: nothing here can mend it. */
  readonly onFatal: (error: OpsError) => void;
  readonly time?: RealTime;
}

/**
 * One Socket Mode connection, kept up. The client's own reconnect waits five seconds and ends in an unhandled rejection
 * when it fails, so it is off: a lost socket is opened again from here, at once and then ever more slowly.
 */
export interface Connection {
  readonly receiver: SocketModeReceiver;
  /** Resolves once Slack said hello; OpsError when it refuses. */
  start(): Promise<void>;
  stop(): Promise<void>;
  ready(): boolean;
}

export function createConnection(parts: ConnectionParts): Connection {
  const { log } = parts;
  const time = parts.time ?? realTime;
  const receiver = new SocketModeReceiver({
    appToken: parts.appToken,
    autoReconnectEnabled: false,
    logger: slackLogger(log),
    installerOptions: { clientOptions: clientOptions(parts.apiUrl, log) },
    processEventErrorHandler: async ({ error }) => {
      log.error({ error: String(error) }, 'something Slack sent could not be handled');
      return false; // not acknowledged: Slack sends it again
    },
  });
  surviveBadMessages(receiver, log);
  const state = { up: false, wanted: false, reconnecting: false };

  const reconnect = async (): Promise<void> => {
    if (state.reconnecting) return;
    state.reconnecting = true;
    for (let waitMs = FIRST_WAIT_MS; state.wanted && !state.up; waitMs = Math.min(WAIT_MAX_MS, waitMs * 2)) {
      await time.sleep(waitMs);
      if (!state.wanted) break;
      try {
        await open(receiver, time);
        log.info({}, 'connected to Slack again');
      } catch (thrown) {
        const error = openFailure(thrown);
        if (error.code === 'forbidden') {
          state.wanted = false;
          parts.onFatal(error);
        } else {
          waitMs = Math.max(waitMs, (waitMsOf(error) ?? 0) / 2);
          log.warn({ error: error.message }, 'Slack cannot be reached; trying again');
        }
      }
    }
    state.reconnecting = false;
  };
  receiver.client.on('connected', () => {
    state.up = true;
  });
  receiver.client.on('disconnected', () => {
    const wasUp = state.up;
    state.up = false;
    if (wasUp && state.wanted) void reconnect();
  });

  return {
    receiver,
    async start() {
      state.wanted = true;
      try {
        await open(receiver, time);
      } catch (thrown) {
        state.wanted = false;
        throw openFailure(thrown);
      }
    },
    async stop() {
      state.wanted = false;
      await close(receiver, time);
    },
    ready: () => state.up,
  };
}

/** The client lets an envelope without its event end in an unhandled rejection, which would end the process. Here it is written down. */
function surviveBadMessages({ client }: SocketModeReceiver, log: Log): void {
  const handlers = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...message: unknown[]) => {
    for (const handler of handlers) {
      const handled: unknown = handler.apply(client, message);
      if (handled instanceof Promise)
        handled.catch((thrown: unknown) => log.warn({ error: String(thrown) }, 'a message of Slack that cannot be read was left out'));
    }
  });
}

async function open(receiver: SocketModeReceiver, time: RealTime): Promise<void> {
  const opened = receiver.client.start();
  opened.catch(() => {}); // the race below may be over when it fails
  const late = Symbol('late');
  const won = await Promise.race([opened, time.sleep(HELLO_TIMEOUT_MS).then(() => late)]);
  if (won !== late) return;
  await close(receiver, time);
  throw new OpsError('unavailable', 'Slack did not say hello.', 'Check the network.');
}

async function close(receiver: SocketModeReceiver, time: RealTime): Promise<void> {
  await Promise.race([receiver.client.disconnect(), time.sleep(CLOSE_TIMEOUT_MS)]);
}

function openFailure(thrown: unknown): OpsError {
  const code = slackErrorCode(thrown);
  if (code !== null && FATAL_AUTH_ERRORS.has(code)) {
    return new OpsError('forbidden', `Slack refused the app token: ${code}.`, 'Set SLACK_APP_TOKEN to an app-level token (xapp-…) with connections:write.', {
      cause: thrown,
    });
  }
  return slackFailure('apps.connections.open', thrown ?? new Error('the socket closed'));
}
