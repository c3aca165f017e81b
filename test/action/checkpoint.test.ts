import { describe, expect, it } from 'vitest';
import { CHECKPOINT_PREFIX, readCheckpoint, signCheckpoint } from '../../src/action/checkpoint.ts';
import { system } from '../../src/domain/actor.ts';
import { verifyCheckpoints, writeCheckpoint } from '../../src/loop/checkpoints.ts';
import { T0 } from '../support/make.ts';
import { memoryArchive } from '../support/plans-desk.ts';
import { tempStore } from '../support/store.ts';

const KEY = 'a test key that is long enough to be one';
const row = (n: number) => ({ actor: system('test'), verb: 'test.row', subject: `INC-${n}`, detail: { n } });

describe('signed checkpoints of the audit', () => {
  it('are written once for what is new, and hold', async () => {
    const [store, archive] = [await tempStore(), memoryArchive()];
    expect(await writeCheckpoint(store, archive, KEY, T0)).toBeNull();
    for (let n = 1; n <= 3; n += 1) await store.audit.append(row(n), T0);
    expect(await writeCheckpoint(store, archive, KEY, T0)).toBe(3);
    expect(await writeCheckpoint(store, archive, KEY, T0 + 1)).toBeNull();
    await store.audit.append(row(4), T0);
    expect(await writeCheckpoint(store, archive, KEY, T0 + 2)).toBe(4);
    expect(await verifyCheckpoints(store, archive, KEY)).toEqual({ checkpoints: 2, brokenAt: null, reason: null });
  });

  it('find a chain that was rewritten as a whole, with hashes that fit', async () => {
    const archive = memoryArchive();
    const before = await tempStore();
    for (let n = 1; n <= 3; n += 1) await before.audit.append(row(n), T0);
    await writeCheckpoint(before, archive, KEY, T0);
    const rewritten = await tempStore();
    for (const n of [1, 9, 3]) await rewritten.audit.append(row(n), T0);
    expect((await rewritten.audit.verify()).brokenAt).toBeNull(); // by itself it looks right
    expect(await verifyCheckpoints(rewritten, archive, KEY)).toMatchObject({ checkpoints: 0, brokenAt: 3 });
    const cut = await tempStore();
    await cut.audit.append(row(1), T0);
    expect(await verifyCheckpoints(cut, archive, KEY)).toMatchObject({ brokenAt: 3, reason: 'Row 3, which was signed, is missing.' });
  });

  it('are refused when they were signed with another key, changed, or are no checkpoints', async () => {
    const signed = signCheckpoint({ seq: 7, hash: 'a'.repeat(64) }, T0, KEY);
    expect(readCheckpoint(JSON.stringify(signed), KEY)).toEqual(signed);
    for (const forged of [
      { ...signed, seq: 8 },
      { ...signed, hash: 'b'.repeat(64) },
      { ...signed, atMs: T0 + 1 },
      { ...signed, signature: '0'.repeat(64) },
    ])
      expect(readCheckpoint(JSON.stringify(forged), KEY)).toBeNull();
    expect(readCheckpoint(JSON.stringify(signed), `${KEY}!`)).toBeNull();
    for (const text of ['', '{}', 'null', '[]', '\ud800']) expect(readCheckpoint(text, KEY)).toBeNull();
    const [store, archive] = [await tempStore(), memoryArchive()];
    await archive.put(`${CHECKPOINT_PREFIX}000000000001.json`, '{}');
    expect(await verifyCheckpoints(store, archive, KEY)).toMatchObject({ checkpoints: 0, brokenAt: 1 });
  });
});
