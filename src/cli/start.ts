import cron from 'node-cron';
import { type App, createApp } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createLog, secretsOf } from '../log.ts';
import { giveBackMemory } from '../loop/memory.ts';
import { openAccount } from './account.ts';
import { holdStore } from './start-lock.ts';
import { watchConfig } from './watch-config.ts';

const STOP_WITHIN_MS = 10_000;

/** `opsloop start`: connects to Slack, serves HTTP and ticks by the clock until it is told to stop. */
export async function start(): Promise<void> {
  const config = loadConfig();
  const log = createLog(config.log.level, undefined, secretsOf(config));
  if (!cron.validate(config.loop.every))
    throw new OpsError('invalid_input', `loop.every is not a cron expression: "${config.loop.every}".`, 'Every minute is "* * * * *".');
  const release = holdStore(config); // before anything is opened: two bots on one file would both act
  const app = await createApp({
    ...{ config, account: await openAccount(config), log },
    readPolicy: () => loadConfig().policy,
    onFatal: (error) => end(stop, log, error),
  });
  const stop = async (): Promise<void> => {
    await app.stop();
    release();
  };
  try {
    // The port first: who cannot serve ends here, before it takes up plans or Slack. /readyz says no until Slack is there.
    await listen(app, config.http);
    await app.start();
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  log.info({ http: app.http.addresses() }, 'opsloop is running');
  const task = cron.schedule(config.loop.every, () => app.tick(), { noOverlap: true });
  const stopWatching = watchConfig(() => app.refreshPolicy());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopWatching();
      void task.stop();
      end(stop, log, null);
    });
  }
  await app.tick();
  giveBackMemory();
}

async function listen(app: App, { host, port }: Config['http']): Promise<void> {
  try {
    await app.http.listen({ host, port });
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const message = taken ? `Port ${port} of ${host} is taken.` : `opsloop cannot listen on ${host}:${port}.`;
    throw new OpsError('unavailable', message, taken ? 'Is opsloop running already? Stop it, or set http.port.' : 'Check http.host and http.port.', { cause });
  }
}

/** Ends within bounds; with an error the exit status tells a supervisor to start it again. */
function end(stop: () => Promise<void>, log: Log, error: OpsError | null): void {
  if (error !== null) log.error({ err: error }, 'stopping: Slack cannot be used any more');
  const status = error === null ? 0 : 1;
  setTimeout(() => process.exit(status === 0 ? 1 : status), STOP_WITHIN_MS).unref();
  stop().then(
    () => process.exit(status),
    (thrown: unknown) => {
      log.error({ err: thrown }, 'could not stop cleanly');
      process.exit(1);
    },
  );
}
