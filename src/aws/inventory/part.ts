import type { Dependency, Resource } from '../../domain/resource.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';

/** What one service's descriptions tell. `aliases`: ids that metrics use for a resource of another id; `tags`: those of others' resources. */
export interface Part {
  readonly resources: readonly Resource[];
  readonly dependencies?: readonly Dependency[];
  readonly aliases?: ReadonlyMap<string, string>;
  readonly tags?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export interface PartReader {
  readonly name: string;
  readonly api: string; // the IAM action that it mainly needs
  /** `perAccount`: a global service, read in an account's first region only. */
  readonly perAccount?: true;
  read(scope: Scope, naming: Naming, signal: AbortSignal): Promise<Part>;
}

const MOST_PAGES = 40;

/** All pages of a listing, within bounds. */
export async function pages<T>(
  next: (token: string | undefined) => Promise<{ readonly items: readonly T[] | undefined; readonly token: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, token: following } = await next(token);
    all.push(...(items ?? []));
    if (following === undefined || following === '' || following === token) break;
    token = following;
  }
  return all;
}

/** Makes resources with the ids of a scope, and reads the team's words off the tags. */
export class Naming {
  readonly #suffix: string;
  readonly #tags: AwsSettings['tags'];

  constructor(suffix: string, tags: AwsSettings['tags']) {
    this.#suffix = suffix;
    this.#tags = tags;
  }

  id(plain: string): string {
    return `${plain}${this.#suffix}`;
  }

  resource(plainId: string, name: string, more: { readonly zone?: string | undefined; readonly tags?: Readonly<Record<string, string>> } = {}): Resource {
    const plain = { id: this.id(plainId), kind: plainId.split('/')[0] ?? 'unknown', name: name.slice(0, 200), zone: more.zone ?? null };
    return this.tagged({ ...plain, service: null, environment: null, tags: {} }, more.tags ?? {});
  }

  /** A resource with these tags, and what the team says by them. */
  tagged(resource: Resource, all: Readonly<Record<string, string>>): Resource {
    const tags = Object.fromEntries(Object.entries(all).slice(0, 60));
    return { ...resource, service: tags[this.#tags.service] ?? null, environment: tags[this.#tags.environment] ?? null, tags };
  }
}

/** The SDK's lists of tags, whichever way the service writes them. */
export function tagsOf(
  list:
    | readonly {
        readonly Key?: string | undefined;
        readonly Value?: string | undefined;
        readonly key?: string | undefined;
        readonly value?: string | undefined;
      }[]
    | undefined,
): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).flatMap(({ Key, Value, key, value }) => ((Key ?? key) === undefined ? [] : [[Key ?? key ?? '', Value ?? value ?? '']])),
  );
}
