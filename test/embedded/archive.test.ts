import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openFolderArchive } from '../../src/embedded/archive.ts';
import { archiveContract } from '../contracts/archive.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'opsloop-archive-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

archiveContract('The archive folder', async () => openFolderArchive(folder()));

describe('The archive folder', () => {
  it('is not there until something is put, and leaves no temporary file behind', async () => {
    const dir = join(folder(), 'archive');
    const archive = openFolderArchive(dir);
    expect(await archive.list('')).toEqual([]);
    expect(existsSync(dir)).toBe(false);
    await archive.put('sops/a.yaml', 'x');
    expect(readdirSync(join(dir, 'sops'))).toEqual(['a.yaml']);
  });

  it('does not show what a crash left half written', async () => {
    const dir = folder();
    mkdirSync(join(dir, 'sops'));
    writeFileSync(join(dir, 'sops', '.tmp-dead'), 'half');
    expect(await openFolderArchive(dir).list('')).toEqual([]);
  });

  it('says so when a file stands where a folder should be', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'sops'), 'in the way');
    await expect(openFolderArchive(dir).put('sops/a.yaml', 'x')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses a text that is too large', async () => {
    await expect(openFolderArchive(folder()).put('sops/a.yaml', 'x'.repeat(17 * 1024 * 1024))).rejects.toMatchObject({ code: 'limited' });
  });
});
