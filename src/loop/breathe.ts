import { setImmediate } from 'node:timers/promises';

const TURNS = 6;

/**
 * Lets what has arrived be answered first: Slack waits for its acknowledgements, and each takes several turns of the event loop
 * (read, handle, write). Without anything waiting this costs microseconds.
 */
export async function breathe(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
}
