import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** A call to Slack's Web API that is over. */
interface SlackCall {
  readonly method: string | null; // such as chat.postMessage; null: something else at the same place
  readonly status: number | null; // null: no answer came
  readonly tookMs: number;
}
interface Message {
  readonly request: { readonly origin: string; readonly path: string };
  readonly response?: { readonly statusCode: number };
}

/**
 * Tells of every `fetch` to Slack's Web API, through the diagnostics channels of Node's own HTTP client, so that whoever makes the
 * calls need not know. `begin` is called where the call is made, `end` when its answer comes. Returns how to stop.
 */
export function watchSlack<T>(slackUrl: string, begin: (method: string | null) => T, end: (begun: T, call: SlackCall) => void): () => void {
  const { origin, pathname } = new URL(slackUrl);
  const open = new WeakMap<object, { readonly atMs: number; readonly method: string | null; readonly begun: T }>();
  const over = ({ request, response }: Message): void => {
    const call = open.get(request);
    if (call === undefined) return;
    open.delete(request);
    end(call.begun, { method: call.method, status: response?.statusCode ?? null, tookMs: performance.now() - call.atMs });
  };
  const listeners = {
    'undici:request:create': (message: unknown) => {
      const { request } = message as Message;
      if (request.origin !== origin) return;
      const method = methodIn(request.path, pathname);
      open.set(request, { atMs: performance.now(), method, begun: begin(method) });
    },
    'undici:request:headers': (message: unknown) => over(message as Message),
    'undici:request:error': (message: unknown) => over(message as Message),
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  };
}

function methodIn(path: string, base: string): string | null {
  const method = path.startsWith(base) ? (path.slice(base.length).split(/[?/]/)[0] ?? '') : '';
  return /^[a-z][\w.]{1,60}$/i.test(method) ? method : null;
}
