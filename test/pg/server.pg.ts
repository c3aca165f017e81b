import pg from 'pg';
import { expect, it } from 'vitest';
import { startPg } from './server.ts';

it('starts PostgreSQL 15 or newer on the loopback address, keeps what was committed over a crash, and leaves nothing behind', async () => {
  const server = await startPg();
  try {
    const url = await server.createDatabase('kept');
    const ask = async (sql: string): Promise<unknown[]> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return (await client.query(sql).finally(() => client.end())).rows;
    };
    expect(
      await ask("SELECT current_setting('server_version_num')::int >= 150000 AS new, inet_server_addr()::text AS address, current_setting('fsync') AS fsync"),
    ).toEqual([{ new: true, address: '127.0.0.1/32', fsync: 'on' }]);
    await ask('CREATE TABLE a AS SELECT 7 AS x');
    await server.halt('crash');
    await expect(ask('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await ask('SELECT x FROM a')).toEqual([{ x: 7 }]);
  } finally {
    await server.close();
  }
});
