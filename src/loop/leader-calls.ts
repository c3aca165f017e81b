import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Ids, Wake } from '../domain/ports.ts';
import type { Leadership } from '../domain/replica.ts';

const ASK = 'ask_leader';
const ANSWER = 'leader_says';
const WAIT_MS = 90_000;
const MOST_ITEMS = 10; // of a list that is told, and
const MOST_LETTERS = 200; // of a text: a signal carries 4,000 bytes

interface Parts {
  readonly replicas: Leadership;
  readonly wake: Wake;
  readonly ids: Ids;
  readonly log: Log;
}

/** What only the leader may do, asked for in any replica. Answers are JSON and small. */
export interface LeaderCalls {
  /** Does it here when this replica leads, else has the leader do it. OpsError('unavailable') when that one does not answer. */
  call<T>(name: string): Promise<T>;
  close(): void;
}

export function createLeaderCalls(parts: Parts, works: Readonly<Record<string, () => Promise<unknown>>>): LeaderCalls {
  const { replicas, wake, ids, log } = parts;
  const waiting = new Map<string, (answer: string) => void>();
  const endAnswers = wake.subscribe(ANSWER, (payload) => {
    const [id = '', answer = ''] = cut(payload);
    waiting.get(id)?.(answer);
  });
  const endAsks = wake.subscribe(ASK, (payload) => {
    const [id = '', name = ''] = cut(payload);
    const work = works[name];
    if (!replicas.leads() || work === undefined) return;
    work()
      .then(async (result) => {
        const answer = JSON.stringify(result, (_key, value: unknown) => shortened(value));
        await wake.publish(ANSWER, `${id} ${answer}`);
      })
      .catch((thrown: unknown) => log.warn({ name, err: thrown }, 'what another replica asked for did not go through'));
  });

  async function ask(name: string): Promise<unknown> {
    const id = ids.next('ask');
    const { promise, resolve } = Promise.withResolvers<string>();
    const late = setTimeout(() => resolve(''), WAIT_MS);
    waiting.set(id, resolve);
    try {
      await wake.publish(ASK, `${id} ${name}`);
      const answer = await promise;
      if (answer !== '') return JSON.parse(answer) as unknown;
    } finally {
      clearTimeout(late);
      waiting.delete(id);
    }
    throw new OpsError('unavailable', 'The replica that leads did not answer.', 'Try again in a moment; "status" says who leads.');
  }

  return {
    call: async <T>(name: string) => (replicas.leads() ? await works[name]?.() : await ask(name)) as T,
    close: () => {
      endAsks();
      endAnswers();
    },
  };
}

/** At the first space. */
const cut = (payload: string): [string, string] => {
  const at = payload.indexOf(' ');
  return at < 0 ? [payload, ''] : [payload.slice(0, at), payload.slice(at + 1)];
};

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS);
  return typeof value === 'string' ? value.slice(0, MOST_LETTERS) : value;
}
