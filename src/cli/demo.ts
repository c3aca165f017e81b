import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import { createLog } from '../log.ts';
import { SandboxClock } from '../sandbox/clock.ts';
import { guideSteps } from './demo-guide.ts';
import { runOnce } from './demo-once.ts';
import { builtIn, openSandbox, type Sandbox } from './sandbox.ts';

interface DemoOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly port: number;
  readonly speed: number;
}

const MINUTE_MS = 60_000;
const GUIDE_EVERY_MS = 500;

/** `opsloop demo`: the sandbox with its page, until it is stopped; with `--once` four scripted scenarios. */
export async function demo(options: DemoOptions): Promise<void> {
  if (options.once === true) return await runOnce(options.json === true);
  if (!(options.speed >= 1 && options.speed <= 600)) throw new OpsError('invalid_input', '--speed is from 1 to 600.', 'Leave it out for 12.');
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65_535)
    throw new OpsError('invalid_input', '--port is a port number.', 'Leave it out for 4500.');
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-demo-'));
  const sandbox = await openSandbox({
    scenario: builtIn('tour'),
    clock: new SandboxClock({ speed: options.speed }),
    dir,
    log: createLog('warn'),
    port: options.port,
    config: { policy: { notice_s: 180, approval_expires_min: 720 } },
    guide: guideSteps([], []),
  });
  process.stdout.write(
    `opsloop is running on a simulated account and a local Slack workspace.\n\n  Open ${sandbox.slack.pageUrl}\n\nThe guide on the page says what to do. Stop with Ctrl-C.\n`,
  );
  try {
    await live(sandbox, MINUTE_MS / options.speed);
  } finally {
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Ticks at the speed of the simulated minute, until a signal. */
async function live(sandbox: Sandbox, tickMs: number): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const tick = setInterval(() => void sandbox.app.tick(), tickMs);
  const guide = setInterval(() => void showGuide(sandbox), GUIDE_EVERY_MS);
  await sandbox.app.tick();
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  clearInterval(tick);
  clearInterval(guide);
}

async function showGuide({ app, slack }: Sandbox): Promise<void> {
  const [incidents, plans] = await Promise.all([app.store.incidents.list({ limit: 20 }), app.store.plans.list({ limit: 20 })]);
  slack.setGuide(guideSteps(incidents, plans));
}
