import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import type { Archive } from '../domain/ports.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_KEYS = 100_000;
const MAX_KEY = 512;
const TEMPORARY = '.tmp-';

/**
 * The knowledge archive in a folder: one file a key. Writes appear whole or not at all (temporary file, then rename); an etag
 * is a digest of the content. Conditional writes hold within this process, one at a time per archive.
 */
export function openFolderArchive(dir: string): Archive {
  return new FolderArchive(resolve(dir));
}

class FolderArchive implements Archive {
  readonly name = 'folder';
  private readonly root: string;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.root = root;
  }

  async put(key: string, content: string, options: { readonly ifMatch?: string | null } = {}): Promise<{ etag: string }> {
    const path = this.path(key);
    if (Buffer.byteLength(content) > MAX_BYTES)
      throw new OpsError('limited', `${key} is over ${MAX_BYTES / 1024 / 1024} MB.`, 'Archive texts are small; split it.');
    return await this.inTurn(async () => {
      if (options.ifMatch !== undefined) await this.expect(key, path, options.ifMatch);
      await mkdir(dirname(path), { recursive: true });
      await writeWhole(path, content);
      return { etag: etagOf(content) };
    });
  }

  private async expect(key: string, path: string, ifMatch: string | null): Promise<void> {
    const there = await readIfThere(path);
    const etag = there === null ? null : etagOf(there);
    if (etag === ifMatch) return;
    throw new OpsError(
      'conflict',
      ifMatch === null ? `${key} exists already.` : `${key} has changed meanwhile.`,
      'Read it again, and repeat your change on what is there now.',
    );
  }

  async get(key: string): Promise<{ content: string; etag: string } | null> {
    const content = await readIfThere(this.path(key));
    return content === null ? null : { content, etag: etagOf(content) };
  }

  async list(prefix: string): Promise<readonly string[]> {
    if (prefix !== '') checkKey(prefix.replace(/\/+$/, ''));
    const keys: string[] = [];
    await collect(this.root, async (path) => {
      const key = relative(this.root, path).split(sep).join('/');
      if (key.startsWith(prefix) && keys.length < MAX_KEYS) keys.push(key);
    });
    return keys.sort();
  }

  async remove(key: string): Promise<void> {
    const path = this.path(key);
    await this.inTurn(async () => {
      await rm(path, { force: true });
      await removeEmpty(dirname(path), this.root);
    });
  }

  private path(key: string): string {
    checkKey(key);
    return join(this.root, ...key.split('/'));
  }

  /** Writes follow one another, so that a condition still holds when its write happens. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work, work);
    this.queue = turn.catch(() => {});
    try {
      return await turn;
    } catch (error) {
      if (error instanceof OpsError) throw error;
      throw new OpsError('unavailable', `The archive at ${this.root} cannot be written.`, 'Check the folder, its rights and the free space.', { cause: error });
    }
  }
}

/** Plain relative paths only: nothing that could lead out of the folder or name a device. */
function checkKey(key: string): void {
  const parts = key.split('/');
  const plain = parts.every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part) && !part.includes('..') && !part.startsWith(TEMPORARY));
  if (plain && key.length <= MAX_KEY) return;
  throw new OpsError(
    'invalid_input',
    `"${key.slice(0, 80)}" is not a key of the archive.`,
    'Use letters, digits, ".", "_", "-" and single slashes, such as patterns/performance/ec2-high-cpu.json.',
  );
}

const etagOf = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 32);

async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `${TEMPORARY}${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw new OpsError('unavailable', 'The archive cannot be read.', 'Check the folder and its rights.', { cause: error });
  }
}

async function collect(folder: string, found: (path: string) => Promise<void>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new OpsError('unavailable', 'The archive cannot be listed.', 'Check the folder and its rights.', { cause: error });
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(path, found);
    else if (entry.isFile() && !entry.name.startsWith(TEMPORARY)) await found(path);
  }
}

/** As in a bucket, a folder without objects is not there. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  let at = folder;
  while (at.startsWith(root + sep)) {
    const removed = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!removed) return;
    at = dirname(at);
  }
}
