import { embeddedJobs } from '../../src/jobs/embedded.ts';
import { silentLog } from '../../src/log.ts';
import { jobsContract } from '../contracts/jobs.ts';

jobsContract('in this process', () => ({ several: false, open: async () => embeddedJobs(silentLog) }));
