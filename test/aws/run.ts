import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awsEnvironment } from './python.ts';

const START_MS = 60_000;

/** `npm run test:aws`: moto in its own Python environment, then the tests that speak to it with the real SDK clients. */
async function main(): Promise<number> {
  const python = awsEnvironment();
  if (python === null) {
    process.stderr.write('test:aws needs python3 with its venv module (Debian: apt-get install python3-venv). The AWS tests did NOT run.\n');
    return process.env['CI'] === undefined ? 0 : 1;
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const moto = spawn(join(python, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  try {
    await answering(url, moto);
    const env = {
      ...process.env,
      MOTO_URL: url,
      CFN_LINT: join(python, 'bin', 'cfn-lint'),
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const vitest = join(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
    const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.aws.config.ts', ...process.argv.slice(2)], { env, stdio: 'inherit' });
    return await new Promise<number>((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    moto.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answering(url: string, moto: ChildProcess): Promise<void> {
  for (const untilMs = Date.now() + START_MS; Date.now() < untilMs; await sleep(200)) {
    if (moto.exitCode !== null) throw new Error(`moto_server ended with ${moto.exitCode}`);
    const ok = await fetch(`${url}/moto-api/data.json`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
  }
  throw new Error('moto_server did not start');
}

process.exitCode = await main();
