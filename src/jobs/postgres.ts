import type { PgBoss } from 'pg-boss';
import type { Log } from '../domain/log.ts';
import type { Jobs } from '../domain/replica.ts';

const SCHEMA = 'opsloop_jobs';
const CONNECTIONS = 2;
const POLL_S = 2;
const EXPIRES_S = 300; // a replica that died over a job: so long until it can come round again
const KEEP_S = 3600;
const STOP_MS = 5000;

/**
 * Jobs through pg-boss in a schema of its own: any replica does one, nobody does one that somebody is doing. A tick asks for each at once,
 * and the clock of pg-boss does so by cron even while nobody leads.
 */
export function postgresJobs(url: string, log: Log): Jobs {
  const jobs = new Map<string, { readonly cron: string; readonly work: () => Promise<void> }>();
  let boss: PgBoss | null = null; // once it runs
  return {
    schedule: (name, cron, work) => void jobs.set(name, { cron, work }),
    async start() {
      const fresh = await engine(url, log);
      await fresh.start();
      for (const [name, { cron, work }] of jobs) {
        await fresh.createQueue(name, { policy: 'exclusive', expireInSeconds: EXPIRES_S, retryLimit: 0, deleteAfterSeconds: KEEP_S, retentionSeconds: KEEP_S });
        await fresh.schedule(name, cron, null, { tz: 'UTC' });
        await fresh.work(name, { pollingIntervalSeconds: POLL_S, batchSize: 1 }, async () => await work());
      }
      boss = fresh;
    },
    async stop() {
      const running = boss;
      boss = null;
      await running?.stop({ graceful: true, timeout: STOP_MS, close: true });
    },
    async tick() {
      if (boss === null) return;
      for (const name of jobs.keys()) await boss.send(name); // refused while one waits or runs, which is as good
    },
  };
}

/** Loaded here and not before: on SQLite nothing needs it, and it is a megabyte of code. */
async function engine(url: string, log: Log): Promise<PgBoss> {
  const { PgBoss: Engine } = await import('pg-boss');
  const boss = new Engine({ connectionString: url, schema: SCHEMA, max: CONNECTIONS, application_name: 'opsloop jobs', registerInstance: false });
  boss.on('error', (error) => log.warn({ err: error }, 'the job engine has trouble; jobs wait meanwhile'));
  return boss;
}
