import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { OpsError } from '../../domain/errors.ts';
import { scripted } from './acts/person.ts';
import type { Core } from './core.ts';
import { FaultPlan, faultsOf } from './faults.ts';
import { readManifest } from './manifest.ts';
import { Uploads } from './methods/files.ts';
import { registerPage } from './page/routes.ts';
import { ResponseUrls, Triggers } from './passes.ts';
import { createServer } from './server.ts';
import { SocketHub } from './socket-hub.ts';
import type { LocalSlack, LocalSlackOptions } from './types.ts';
import { waitFor } from './wait-for.ts';
import { WebApi } from './web-api.ts';
import { BOT_USER_ID, dmId, TEAM, Workspace } from './workspace.ts';

const SLACK_TIMES = { ackTimeoutMs: 3000, redeliverAfterMs: [0, 60_000, 300_000], triggerTtlMs: 3000, responseUrlTtlMs: 30 * 60_000 };

/**
 * Starts a Slack workspace of its own on 127.0.0.1: the Web API and Socket Mode as Slack speaks them, and people to use it.
 * OpsError('invalid_input') for a manifest Slack would refuse; OpsError('unavailable') when the port is taken.
 */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const manifest = readManifest(options.manifest);
  const times = {
    ...SLACK_TIMES,
    ...Object.fromEntries(Object.entries(options).filter(([key, value]) => key in SLACK_TIMES && value !== undefined)),
  } as typeof SLACK_TIMES;
  const workspace = new Workspace(options);
  const hub = new SocketHub(times);
  const plan = new FaultPlan();
  const tokens = { bot: `xoxb-local-${randomUUID()}`, app: `xapp-local-${randomUUID()}` };
  const server = createServer();
  let core: Core | null = null;
  const started = (): Core => {
    if (core === null) throw new OpsError('internal', 'The local Slack has not started yet.');
    return core;
  };
  const api = new WebApi({ core: started, tokens, faults: plan, uploads: new Uploads() });
  api.register(server);
  registerPage(server, started);
  hub.attach(server.server, () => !plan.down);
  await server.listen({ host: '127.0.0.1', port: options.port ?? 0 }).catch((error: Error) => {
    throw new OpsError(
      'unavailable',
      `The local Slack cannot listen on port ${options.port}: ${error.message}`,
      'Stop what uses the port, or choose another.',
      { cause: error },
    );
  });
  const baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/`;
  core = { workspace, manifest, hub, baseUrl, triggers: new Triggers(times.triggerTtlMs), responses: new ResponseUrls(times.responseUrlTtlMs), notSent: [] };
  const stop = async (): Promise<void> => {
    await hub.stop();
    await server.close();
  };
  return handle(core, { tokens, api, stop, faults: faultsOf(plan, hub) });
}

type Parts = { tokens: { bot: string; app: string }; api: WebApi } & Pick<LocalSlack, 'faults' | 'stop'>;

function handle(core: Core, { tokens, api, stop, faults }: Parts): LocalSlack {
  const { workspace, hub, baseUrl } = core;
  return {
    apiUrl: `${baseUrl}api/`,
    pageUrl: baseUrl,
    botToken: tokens.bot,
    appToken: tokens.app,
    teamId: TEAM.id,
    botUserId: BOT_USER_ID,
    channels: workspace.channels,
    people: [...workspace.people.values()],
    faults,
    as: (userId) => {
      const person = workspace.people.get(userId);
      if (person === undefined) throw new OpsError('not_found', `Nobody here is ${userId}.`, `There are: ${[...workspace.people.keys()].join(', ')}.`);
      return scripted(core, person);
    },
    messages: (channel) => workspace.all(channel).filter((message) => message.threadTs === null || message.threadTs === message.ts),
    thread: (channel, ts) => workspace.thread(channel, ts),
    ephemerals: (userId) => workspace.ephemerals(userId),
    dm: (userId) => workspace.all(dmId(userId)),
    home: (userId) => workspace.homes.get(userId) ?? null,
    openModal: (userId) => workspace.modals.get(userId)?.at(-1) ?? null,
    files: () => [...workspace.files.values()],
    calls: () => [...api.calls],
    notSent: () => [...core.notSent],
    sockets: () => hub.size,
    waitFor: (what, predicate, timeoutMs) => waitFor(workspace, what, predicate, timeoutMs),
    setGuide: (steps) => {
      if (isDeepStrictEqual(workspace.guide, steps)) return;
      workspace.guide = steps;
      workspace.changed();
    },
    stop,
  };
}
