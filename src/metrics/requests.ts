import { subscribe, unsubscribe } from 'node:diagnostics_channel';

interface Seen {
  readonly path: string;
  readonly status: number | null; // null: no answer came
  readonly tookMs: number;
}
interface Message {
  readonly request: { readonly origin: string; readonly path: string };
  readonly response?: { readonly statusCode: number };
}

/**
 * Tells of every `fetch` to an origin, through the diagnostics channels of Node's own HTTP client, so that whoever makes the
 * requests need not know. Returns how to stop.
 */
export function watchRequests(origin: string, tell: (seen: Seen) => void): () => void {
  const begun = new WeakMap<object, number>();
  const end = ({ request, response }: Message): void => {
    const atMs = begun.get(request);
    if (atMs === undefined) return;
    begun.delete(request);
    tell({ path: request.path, status: response?.statusCode ?? null, tookMs: performance.now() - atMs });
  };
  const listeners = {
    'undici:request:create': (message: unknown) => {
      const { request } = message as Message;
      if (request.origin === origin) begun.set(request, performance.now());
    },
    'undici:request:headers': (message: unknown) => end(message as Message),
    'undici:request:error': (message: unknown) => end(message as Message),
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  };
}
