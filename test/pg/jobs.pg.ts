import { randomBytes } from 'node:crypto';
import { postgresJobs } from '../../src/jobs/postgres.ts';
import { silentLog } from '../../src/log.ts';
import { jobsContract } from '../contracts/jobs.ts';
import { testServer } from './place.ts';
import { createDatabase } from './server.ts';

jobsContract('pg-boss', () => {
  const made = createDatabase(testServer(), `jobs_${randomBytes(6).toString('hex')}`);
  return { several: true, open: async () => postgresJobs(await made, silentLog) };
});
