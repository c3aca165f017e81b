import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const OLDEST = 15;
const START_MS = 60_000;
const STOP_MS = 20_000;
const DEBIAN = '/usr/lib/postgresql';

interface ServerOptions {
  /** Off for tests that start and stop no server: quicker, and a power cut does not matter to them. On when left out. */
  readonly fsync?: boolean;
  readonly maxConnections?: number;
  /** The folder of its programs; left out: `binaries()`. */
  readonly bin?: string;
}

/** A PostgreSQL of one's own on the loopback address. */
export interface PgServer {
  /** Its maintenance database, with a password: for `pg` and for `createDatabase`. */
  readonly url: string;
  readonly port: number;
  /** Belongs to the user it runs as. */
  readonly folder: string;
  /** Makes an empty database (or a copy of `template`) and gives its URL. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** Ends it as a power cut would (`crash`) or as an administrator does; `start` brings it back with what was committed. */
  halt(how: 'crash' | 'stop'): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where the server's programs are, the newest first where Debian has them. */
export function installed(): readonly string[] {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .map(Number)
        .filter((version) => version >= OLDEST)
    : [];
  const versions = debian.sort((a, b) => b - a).map((version) => join(DEBIAN, String(version), 'bin'));
  return [...versions, ...(process.env['PATH'] ?? '').split(delimiter)].filter((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  );
}

/** Where the server's programs are; throws in words when there are none. */
export function binaries(): string {
  const [found] = installed();
  if (found === undefined) throw new Error(`PostgreSQL ${OLDEST} or newer is not installed. Debian and Ubuntu: apt-get install postgresql`);
  return found;
}

/** PostgreSQL refuses to run as root: then it runs as the first of these users. */
export function anotherUser(): User | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const line = ['postgres', 'nobody'].map((name) => lines.find((each) => each[0] === name)).find((each) => each !== undefined);
  if (line === undefined) throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as.');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

export async function startPg(options: ServerOptions = {}): Promise<PgServer> {
  const bin = options.bin ?? binaries();
  const user = anotherUser();
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-pg-'));
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const password = randomBytes(12).toString('hex');
  initialise(bin, folder, password, user);
  const port = await freePort();
  const url = `postgres://opsloop:${password}@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const errors: string[] = [];
    const fresh = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...settings(port, options)], {
      ...(user ?? {}),
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    fresh.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (errors.push(text) > 100) errors.shift();
    });
    child = fresh;
    for (const untilMs = Date.now() + START_MS; ; await sleep(50)) {
      if (fresh.exitCode !== null || Date.now() > untilMs) throw new Error(`PostgreSQL did not start:\n${errors.join('')}`);
      if (await answers(url)) return;
    }
  }

  async function halt(how: 'crash' | 'stop'): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
    const late = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(late);
  }

  const atExit = (): void => void child?.kill('SIGQUIT');
  process.once('exit', atExit);
  await start();
  return {
    url,
    port,
    folder,
    start,
    halt,
    createDatabase: (name, template) => createDatabase(url, name, template),
    close: async () => {
      await halt('crash');
      process.off('exit', atExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a database on the server at `url` and gives its URL. `name` is a plain word. */
export async function createDatabase(url: string, name: string, template?: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE "${name}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`);
  } finally {
    await client.end();
  }
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}

function initialise(bin: string, folder: string, password: string, user: User | null): void {
  const secret = join(folder, 'password');
  writeFileSync(secret, password, { mode: 0o600 });
  chmodSync(folder, 0o700);
  if (user !== null) chownSync(secret, user.uid, user.gid);
  const words = ['-D', join(folder, 'data'), '-U', 'opsloop', '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(join(bin, 'initdb'), words, { ...(user ?? {}), cwd: folder, encoding: 'utf8' });
  rmSync(secret, { force: true });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function settings(port: number, { fsync = true, maxConnections = 100 }: ServerOptions): string[] {
  const quick = fsync ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: maxConnections, shared_buffers: '64MB', ...quick };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
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
