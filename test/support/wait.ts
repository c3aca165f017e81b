import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it holds, asking every 20 ms. */
export async function waitFor(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const untilMs = Date.now() + withinMs; !(await holds()); await sleep(20)) {
    if (Date.now() > untilMs) throw new Error(`It did not come about within ${withinMs} ms.`);
  }
}
