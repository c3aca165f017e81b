import type { Log } from '../domain/log.ts';
import type { Jobs } from '../domain/replica.ts';

/** Jobs in this process, done at every tick in the order they were scheduled: time that is simulated moves them as well. */
export function embeddedJobs(log: Log): Jobs {
  const jobs: { readonly name: string; readonly work: () => Promise<void> }[] = [];
  let running: Promise<void> = Promise.resolve();
  const all = async (): Promise<void> => {
    for (const { name, work } of jobs) await work().catch((thrown: unknown) => log.error({ job: name, err: thrown }, 'a job failed; it comes round again'));
  };
  return {
    schedule: (name, _cron, work) => void jobs.push({ name, work }),
    start: async () => undefined,
    stop: () => running,
    tick: () => {
      running = running.then(all);
      return running;
    },
  };
}
