import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { OpsError } from '../domain/errors.ts';
import { PatternSchema } from '../domain/pattern.ts';
import type { Archive } from '../domain/ports.ts';
import { awsError } from './errors.ts';
import type { Scope } from './scope.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_KEYS = 100_000;
const MAX_KEY = 512;
const SIDECAR = '.metadata.json';

export interface S3ArchiveOptions {
  readonly bucket: string;
  readonly prefix?: string; // ends in a slash
  /** Called after a pattern, runbook or SOP changed; ingestion hangs on it. */
  readonly onChange?: () => void;
}

/** The knowledge archive in a bucket. Conditional writes are S3's own; patterns get the metadata sidecar that Bedrock filters by. */
export class S3Archive implements Archive {
  readonly name = 's3';
  readonly #scope: Scope;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #onChange: () => void;

  constructor(scope: Scope, options: S3ArchiveOptions) {
    this.#scope = scope;
    this.#bucket = options.bucket;
    this.#prefix = options.prefix ?? '';
    this.#onChange = options.onChange ?? (() => undefined);
  }

  async put(key: string, content: string, options: { readonly ifMatch?: string | null } = {}): Promise<{ etag: string }> {
    if (Buffer.byteLength(content) > MAX_BYTES)
      throw new OpsError('limited', `${key} is over ${MAX_BYTES / 1024 / 1024} MB.`, 'Archive texts are small; split it.');
    const condition = options.ifMatch === undefined ? {} : options.ifMatch === null ? { IfNoneMatch: '*' } : { IfMatch: options.ifMatch };
    const etag = await this.#put(this.#path(key), content, condition, key);
    const sidecar = sidecarOf(key, content);
    if (sidecar !== null) await this.#put(`${this.#path(key)}${SIDECAR}`, sidecar, {}, key);
    if (/^(patterns|runbooks|sops)\//.test(key)) this.#onChange();
    return { etag };
  }

  async get(key: string): Promise<{ content: string; etag: string } | null> {
    try {
      const found = await this.#scope.read.s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#path(key) }));
      return { content: (await found.Body?.transformToString('utf8')) ?? '', etag: found.ETag ?? '' };
    } catch (thrown) {
      if (nameOf(thrown) === 'NoSuchKey') return null;
      throw this.#error(thrown, 's3:GetObject');
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    if (prefix !== '') checkKey(prefix.replace(/\/+$/, ''));
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#scope.read.s3
        .send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: `${this.#prefix}${prefix}`, ContinuationToken }))
        .catch((thrown: unknown) => {
          throw this.#error(thrown, 's3:ListBucket');
        });
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key.slice(this.#prefix.length)).filter((key) => !key.endsWith(SIDECAR)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined && keys.length < MAX_KEYS);
    return keys.sort();
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    const paths = key.startsWith('patterns/') ? [path, `${path}${SIDECAR}`] : [path];
    for (const Key of paths) {
      await this.#scope.read.s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key })).catch((thrown: unknown) => {
        throw this.#error(thrown, 's3:DeleteObject');
      });
    }
    if (/^(patterns|runbooks|sops)\//.test(key)) this.#onChange();
  }

  async #put(Key: string, Body: string, condition: { IfMatch?: string; IfNoneMatch?: string }, shown: string): Promise<string> {
    try {
      const answer = await this.#scope.read.s3.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key,
          Body: Buffer.from(Body),
          ContentType: Key.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8',
          ...condition,
        }),
      );
      return answer.ETag ?? '';
    } catch (thrown) {
      // 409 is S3's word for two writers at the same moment; a version to match that is gone is a change as well.
      if (
        ['PreconditionFailed', 'ConditionalRequestConflict'].includes(nameOf(thrown)) ||
        (condition.IfMatch !== undefined && nameOf(thrown) === 'NoSuchKey')
      ) {
        const what = condition.IfNoneMatch === undefined ? 'has changed meanwhile' : 'exists already';
        throw new OpsError('conflict', `${shown} ${what}.`, 'Read it again, and repeat your change on what is there now.', { cause: thrown });
      }
      throw this.#error(thrown, 's3:PutObject');
    }
  }

  #path(key: string): string {
    checkKey(key);
    return `${this.#prefix}${key}`;
  }

  #error(thrown: unknown, api: string): OpsError {
    return awsError(thrown, `${api} on ${this.#bucket}`, this.#scope);
  }
}

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

function checkKey(key: string): void {
  const plain = key.split('/').every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part) && !part.includes('..'));
  if (plain && key.length <= MAX_KEY && !key.endsWith(SIDECAR)) return;
  throw new OpsError(
    'invalid_input',
    `"${key.slice(0, 80)}" is not a key of the archive.`,
    'Use letters, digits, ".", "_", "-" and single slashes, such as patterns/performance/ec2-high-cpu.json.',
  );
}

/** What Bedrock can filter by; only for keys that hold a pattern. */
function sidecarOf(key: string, content: string): string | null {
  if (!key.startsWith('patterns/')) return null;
  const pattern = PatternSchema.safeParse(safeJson(content));
  if (!pattern.success) return null;
  const { pattern_id, category, title, metadata } = pattern.data;
  const metadataAttributes = {
    pattern_id,
    category,
    title,
    ...(metadata.last_seen === null ? {} : { last_seen: Number(metadata.last_seen.replaceAll('-', '')) }),
  };
  return `${JSON.stringify({ metadataAttributes })}\n`;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not a pattern; the archive takes any text
  }
}
