import { parentPort, workerData } from 'node:worker_threads';
import { startDouble } from './server.ts';

/** The double in a thread of its own, so that its work is not counted as the product's. */
const { series } = workerData as { series: number };
const double = await startDouble();
// Every minute that is asked for is there: what is read hangs on the test's own clock alone, whenever it runs.
Object.assign(double.state.metrics, { series, nowMs: () => Number.POSITIVE_INFINITY });
parentPort?.postMessage(double.url);
