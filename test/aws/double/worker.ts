import { parentPort, workerData } from 'node:worker_threads';
import { startDouble } from './server.ts';

/** The double in a thread of its own, so that its work is not counted as the product's. */
const { series } = workerData as { series: number };
const double = await startDouble();
double.state.metrics.series = series;
parentPort?.postMessage(double.url);
