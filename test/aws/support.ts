import { type AwsAccount, openAwsAccount } from '../../src/aws/account.ts';
import { Clients } from '../../src/aws/clients.ts';
import { AwsSchema, type AwsSettings } from '../../src/aws/settings.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Archive, Clock } from '../../src/domain/ports.ts';

export const REGION = 'eu-central-1';
export const MINUTE_MS = 60_000;
export const systemClock: Clock = { now: () => Date.now() };
export const signal = (): AbortSignal => AbortSignal.timeout(30_000);

export function motoUrl(): string {
  const url = process.env['MOTO_URL'];
  if (url === undefined) throw new Error('Run these with "npm run test:aws".');
  return url;
}

/** An empty account. */
export async function resetMoto(): Promise<void> {
  await fetch(`${motoUrl()}/moto-api/reset`, { method: 'POST' });
}

/** Where the SDK finds a service from now on; clients made before keep their place. */
export function endpoint(url: string, ...services: readonly string[]): void {
  if (services.length === 0) process.env['AWS_ENDPOINT_URL'] = url;
  for (const service of services) process.env[`AWS_ENDPOINT_URL_${service}`] = url;
}

/** Clients of the test itself, which build what the product then finds. */
export const builder = (): Clients => new Clients({ region: REGION, attempts: 2, pathStyle: true });

export const settingsOf = (input: Record<string, unknown> = {}): AwsSettings => AwsSchema.parse({ path_style: true, ...input });

export function accountOf(settings: AwsSettings, clock: Clock = systemClock, localJournal: Archive = memoryArchive()): AwsAccount {
  return openAwsAccount({ settings, region: REGION, clock, localJournal });
}

export const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error('the list is empty');
  return one;
};

/** An archive that keeps its conditions, for the journal of a test. */
export function memoryArchive(): Archive {
  const held = new Map<string, string>();
  let version = 0;
  const etags = new Map<string, string>();
  return {
    name: 'memory',
    async put(key, content, options = {}) {
      if (options.ifMatch !== undefined && (etags.get(key) ?? null) !== options.ifMatch) throw new OpsError('conflict', `${key} has changed.`);
      version += 1;
      held.set(key, content);
      etags.set(key, `v${version}`);
      return { etag: `v${version}` };
    },
    async get(key) {
      const content = held.get(key);
      return content === undefined ? null : { content, etag: etags.get(key) ?? '' };
    },
    list: async (prefix) => [...held.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async remove(key) {
      held.delete(key);
      etags.delete(key);
    },
  };
}
