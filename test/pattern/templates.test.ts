import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogMiner } from '../../src/pattern/templates/miner.ts';
import { RecentMap } from '../../src/pattern/templates/recent.ts';
import { mask } from '../../src/pattern/templates/scan.ts';

const mined = (lines: readonly string[]): string[] => {
  const miner = new LogMiner();
  const ids = lines.map((line) => miner.add(line));
  return ids.map((id) => miner.template(miner.resolve(id)) ?? '');
};

describe('Masking', () => {
  it('takes out what is plainly a value and leaves words, names of functions and words with a digit', () => {
    const expected: [string, string][] = [
      ['took 35 ms', 'took <*> ms'],
      ['from 10.0.0.7:8080 to host', 'from <*> to host'],
      ['id 3f2a9c81-77aa-4b1e-9d3c-0a1b2c3d4e5f done', 'id <*> done'],
      ['GET /v2/users/17?page=3 HTTP', 'GET <*> HTTP'],
      ['uid=0 tty=ssh', 'uid=<*> tty=ssh'],
      ['at 12:30:45, load 95%.', 'at <*>, load <*>%.'],
      ['jk2_init() via ssh2', 'jk2_init() via ssh2'],
      ['mac a4:5e:60:c4:01:02 seen', 'mac <*> seen'],
      ['ready=true, error: retry', 'ready=<*>, error: retry'],
      ['no values here', 'no values here'],
    ];
    for (const [line, template] of expected) expect.soft(mask(line)).toBe(template);
  });
});

describe('The log miner', () => {
  it('gives lines of one statement one template', () => {
    const templates = mined(['order 17 failed for alice: timeout after 30 s', 'order 99 failed for alice: timeout after 5 s']);
    expect(new Set(templates)).toEqual(new Set(['order <*> failed for alice: timeout after <*> s']));
  });

  it('keeps words apart until enough different ones were seen in one place, then merges them, also those before', () => {
    const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
    expect(new Set(mined(names.slice(0, 2).map((name) => `session of ${name} was closed`))).size).toBe(2);
    expect(new Set(mined(names.map((name) => `session of ${name} was closed`)))).toEqual(new Set(['session of <*> was closed']));
  });

  it('knows that the word after "user" is a name, and that states in capitals tell templates apart', () => {
    expect(new Set(mined(['session opened for user root', 'session opened for user news'])).size).toBe(1);
    expect(new Set(mined(['A', 'B', 'C', 'D', 'E', 'F'].map((state) => `task moved to STATE_${state}`))).size).toBe(6);
  });

  it('tells different statements of the same length apart', () => {
    expect(new Set(mined(['Accepted password for root', 'Rejected password for root', 'Opened channel for root'])).size).toBe(3);
  });

  it('makes one value of a list, however long', () => {
    expect(new Set(mined(['delete blocks blk_1001 blk_2002 blk_3003', 'delete blocks blk_4004 blk_5005 blk_6006 blk_7007'])).size).toBe(1);
  });

  it('takes any line, and a line again is the same template', () => {
    const miner = new LogMiner();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (line) => {
        const id = miner.add(line);
        return miner.template(id) !== null && miner.resolve(miner.add(line)) === miner.resolve(id);
      }),
    );
  });

  it('stays within bounds on an endless stream of unique lines', () => {
    const miner = new LogMiner();
    const word = (n: number): string => n.toString(26).replace(/[0-9]/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? 'q');
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 10_000; i += 1) miner.add(`${word(i * 7919)} ${word(i * 104_729)} said (${word(i)}) to ${word(i * 31)}; ${'.'.repeat(i % 50)}`);
    expect(miner.size).toBeLessThanOrEqual(3000);
    expect((process.memoryUsage().heapUsed - before) / 1_048_576).toBeLessThan(120); // what the collector left; the long test measures exactly
  });

  it.runIf(process.env['OPSLOOP_LONG'])('holds less than 50 MB after 200,000 unique lines of the worst length', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const miner = new LogMiner();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 200_000; i += 1) miner.add(`${'w'.repeat(i % 1500)} ${i.toString(36)}x ${'(;'.repeat(i % 97)} ${(i * 7919).toString(36)}`);
    collect();
    expect((process.memoryUsage().heapUsed - before) / 1_048_576).toBeLessThan(50);
  });
});

describe('The map that forgets', () => {
  it('keeps what is used and drops what is not', () => {
    const map = new RecentMap(1000);
    map.set('kept', 1);
    for (let i = 0; i < 500; i += 1) {
      map.set(`other ${i}`, i);
      expect(map.get('kept')).toBe(1);
    }
    expect(map.get('other 0')).toBeUndefined();
  });
});
