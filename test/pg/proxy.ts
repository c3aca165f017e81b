import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between a store and PostgreSQL, and cuts the line at a commit: before the server hears of it, or after it did it. */
export interface Cutter {
  readonly url: string;
  /** What happens at the next COMMIT. `deaf`: nobody can connect after that either. */
  arm(when: 'before' | 'after', deaf?: boolean): void;
  cuts(): number;
  /** From now on everything takes so long to reach the server, in order, as on a line; Infinity: until this is called again. */
  slow(delayMs: number): void;
  close(): Promise<void>;
}

export async function startProxy(serverUrl: string): Promise<Cutter> {
  const behind = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let armed: 'before' | 'after' | null = null;
  let deafNext = false;
  let deaf = false;
  let cuts = 0;
  let delayMs = 0;
  const pass = async (): Promise<void> => {
    while (delayMs === Number.POSITIVE_INFINITY) await sleep(20);
    if (delayMs > 0) await sleep(delayMs);
  };
  const server = createServer((client) => {
    if (deaf) return void client.destroy();
    const target = connect(Number(behind.port), behind.hostname);
    let mute = false;
    const end = (): void => {
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    let line = Promise.resolve();
    client.on('data', (bytes) => {
      if (armed === null || !bytes.includes('COMMIT')) {
        line = line.then(pass).then(() => void target.write(bytes));
        return;
      }
      const when = armed;
      armed = null;
      deaf = deafNext;
      cuts += 1;
      if (when === 'before') return end();
      mute = true; // the server's answer shows that it was done; it is not passed on
      target.write(bytes);
    });
    target.on('data', (bytes) => {
      if (mute) end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(serverUrl);
  if (address !== null && typeof address !== 'string') url.port = String(address.port);
  return {
    url: url.href,
    arm: (when, andDeaf = false) => {
      armed = when;
      deafNext = andDeaf;
    },
    cuts: () => cuts,
    slow: (forMs) => {
      delayMs = forMs;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
