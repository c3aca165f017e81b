import { loadConfig, storeAddress } from '../config.ts';
import { OpsError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { openStore } from '../store/open.ts';
import { type DeadLetter, deadLetters, exhume } from '../webhooks/dead.ts';
import { post, type WebhookTarget } from '../webhooks/outgoing.ts';
import { outgoingTargets } from '../webhooks/targets.ts';

/** `opsloop webhooks dead|retry [name]`: events that a webhook did not take; `retry` sends them once more. */
export async function webhooks(verb: 'dead' | 'retry', name: string | undefined, options: { readonly json?: boolean }): Promise<void> {
  const config = loadConfig();
  const targets = outgoingTargets(config).filter((target) => name === undefined || target.name === name);
  if (targets.length === 0)
    throw new OpsError(
      'not_found',
      name === undefined ? 'The config names no outgoing webhook.' : `The config names no outgoing webhook "${name}".`,
      'See http.webhooks.out.',
    );
  const store = await openStore(storeAddress(config));
  try {
    for (const target of targets) {
      for (const letter of await deadLetters(store, target.name)) {
        const fate = verb === 'retry' ? await retry(store, target, letter) : `not taken: ${letter.reason}`;
        const words = `${target.name}  ${letter.event}  ${letter.subject}  ${new Date(letter.atMs).toISOString()}  ${fate}`;
        process.stdout.write(`${options.json === true ? JSON.stringify({ webhook: target.name, ...letter, fate }) : words}\n`);
        if (verb === 'retry' && fate !== 'delivered') process.exitCode = 1;
      }
    }
  } finally {
    await store.close();
  }
}

async function retry(store: Store, target: WebhookTarget, letter: DeadLetter): Promise<string> {
  const [row] = await store.audit.list({ after: letter.seq - 1, limit: 1 });
  if (row === undefined || row.seq !== letter.seq) return 'gone';
  const outcome = await post(target, row, Date.now());
  if (!outcome.ok) return `not taken: ${outcome.reason}`;
  await exhume(store, target.name, letter.seq, Date.now());
  return 'delivered';
}
